// ModuleList: the ELF files that the loader has mapped, for unwinding and names.
//
// Owns:        copies of the paths and build ids.
// Threads:     collect it on one thread; Find() from any.
// Signal-safe: Find(): it takes no lock and does not allocate. Collect() takes
//              the loader's lock and allocates: before a thread is stopped.
// Lifetime:    a snapshot. A module may be unloaded later, so its tables are
//              read through MemoryReader only.
#ifndef GMR_NATIVE_PROCESS_MODULES_H_
#define GMR_NATIVE_PROCESS_MODULES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "proc_maps.h"
#include "safe_read.h"

namespace gmr::platform {

// The kernel's own name of the program, which works when its file was replaced.
inline constexpr const char* kProgramPath = "/proc/self/exe";

struct Module {
  AddressRange code;             // from the first to the last executable segment
  uint64_t bias = 0;             // address in memory minus address in the file's headers
  AddressRange eh_frame_header;  // empty: no unwind table
  std::string path;              // as the loader knows it; of the program: as /proc/self/exe does
  std::string build_id;          // raw bytes; empty: it has none
  bool is_program = false;       // opened as /proc/self/exe, which works when the file was replaced
};

class ModuleList {
 public:
  static ModuleList Collect(MemoryReader* reader);

  // nullptr when the address is in no module's code.
  const Module* Find(Address pc) const;

  const std::vector<Module>& modules() const { return modules_; }

 private:
  std::vector<Module> modules_;  // ascending by code.start
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_MODULES_H_

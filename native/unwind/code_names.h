// Names code addresses of this process for a report: symbol, module, offset.
//
// Owns:        up to 2048 names that were found, for the next report.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates, opens files. After parked threads are released.
// Lifetime:    functions.
#ifndef GMR_NATIVE_UNWIND_CODE_NAMES_H_
#define GMR_NATIVE_UNWIND_CODE_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../process/modules.h"
#include "../process/proc_maps.h"

namespace gmr::platform {

struct CodeName {
  std::string function;  // readable; empty: no symbol covers the address
  std::string module;    // base name of the file; empty: code of no file
  uint64_t function_offset = 0;
  // In the file's own addresses, as addr2line takes them; of code that was
  // moved out of its module, the offset in the file.
  uint64_t module_offset = 0;

  // "uv__fs_work", else "libc.so.6+0xf82ec", else "" for code of no file.
  std::string ToString() const;
};

// One answer per address, in the same order. Each file is read once, if a name is not known yet. Give
// return addresses minus one: a call may be the last instruction of its function.
std::vector<CodeName> NameCode(const ModuleList& modules, const ProcMaps& maps,
                               const std::vector<Address>& addresses);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_CODE_NAMES_H_

// ProcMaps: what is mapped where, from /proc/self/maps.
//
// Owns:        the text of the file; the paths of its mappings point into it.
// Threads:     read it on one thread; Find() and StackAt() from any.
// Signal-safe: Find(), StackAt() and IsExecutable(): they take no lock and do
//              not allocate. The rest allocates: before a thread is stopped.
// Lifetime:    a snapshot. What was mapped later is not in it.
#ifndef GMR_NATIVE_PROCESS_PROC_MAPS_H_
#define GMR_NATIVE_PROCESS_PROC_MAPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "../base/address.h"
#include "../base/result.h"

namespace gmr::platform {

struct AddressRange {
  Address start;
  Address end;  // exclusive

  uint64_t size() const { return end - start; }
  bool Contains(Address address) const { return address >= start && address < end; }
};

// One line of the file, proc_pid_maps(5).
struct Mapping {
  AddressRange range;
  bool readable = false;
  bool writable = false;
  bool executable = false;
  uint64_t file_offset = 0;
  uint64_t inode = 0;
  // Empty: anonymous. As the kernel prints it: "[stack]", "/lib/x.so (deleted)".
  std::string_view path;
};

class ProcMaps {
 public:
  static Result<ProcMaps> Read();
  // Lines that are not of the documented form are left out.
  static ProcMaps Parse(std::vector<char> text);

  // nullptr when nothing is mapped there.
  const Mapping* Find(Address address) const;
  bool IsExecutable(Address address) const;

  // The readable and writable mapping that holds a stack pointer. The stack
  // ends at or before its end: the kernel joins neighbours of the same kind.
  std::optional<AddressRange> StackAt(Address stack_pointer) const;

  const std::vector<Mapping>& mappings() const { return mappings_; }

 private:
  // A vector keeps its address when it is moved; a short std::string would not.
  std::vector<char> text_;
  std::vector<Mapping> mappings_;  // ascending, without overlaps
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_PROC_MAPS_H_

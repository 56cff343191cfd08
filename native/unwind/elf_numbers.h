// ElfNumbers: the int32 constants that a program exports, by name.
//
// Owns:        copies of names and values.
// Threads:     read it on one thread; Find() from any.
// Signal-safe: no: allocates; Read() reads a file.
// Lifetime:    plain value; the file is closed when Read() returns.
//
// V8 exports numbers for post-mortem debuggers (`v8dbg_*`). They are read from where the program is loaded,
// which needs no descriptor, or from its file; not through the loader, which has a lock that a thread holds
// which is stuck in the start-up code of a library.
#ifndef GMR_NATIVE_UNWIND_ELF_NUMBERS_H_
#define GMR_NATIVE_UNWIND_ELF_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../process/safe_read.h"

namespace gmr::platform {

class ElfNumbers {
 public:
  // One pass over the exported symbols. Keeps those whose names begin with `prefix`, without it. Empty when
  // the file cannot be read or exports none.
  static ElfNumbers Read(const std::string& path, std::string_view prefix);

  // Likewise from memory, where the program's own headers are (AT_PHDR and AT_PHNUM of getauxval(3)).
  static ElfNumbers ReadLoaded(MemoryReader* memory, Address headers, size_t count, std::string_view prefix);

  // False: not exported; then `value` is unchanged.
  bool Find(std::string_view name, int32_t* value) const;

  bool empty() const { return numbers_.empty(); }

 private:
  struct Number {
    std::string name;
    int32_t value = 0;
  };

  void Sort();

  std::vector<Number> numbers_;  // ascending by name
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_ELF_NUMBERS_H_

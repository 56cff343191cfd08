// ElfNumbers: the int32 constants that a program exports, by name.
//
// Owns:        copies of names and values.
// Threads:     read it on one thread; Find() from any.
// Signal-safe: no: allocates, reads a file.
// Lifetime:    plain value; the file is closed when Read() returns.
//
// V8 exports numbers for post-mortem debuggers (`v8dbg_*`). They are read from the file, because the loader
// has a lock that a thread holds which is stuck in the start-up code of a library. A file can also be that of
// another process.
#ifndef GMR_NATIVE_UNWIND_ELF_NUMBERS_H_
#define GMR_NATIVE_UNWIND_ELF_NUMBERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::platform {

class ElfNumbers {
 public:
  // One pass over the exported symbols. Keeps those whose names begin with `prefix`, without it. Empty when
  // the file cannot be read or exports none.
  static ElfNumbers Read(const std::string& path, std::string_view prefix);

  // False: not exported; then `value` is unchanged.
  bool Find(std::string_view name, int32_t* value) const;

  bool empty() const { return numbers_.empty(); }

 private:
  struct Number {
    std::string name;
    int32_t value = 0;
  };

  std::vector<Number> numbers_;  // ascending by name
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_ELF_NUMBERS_H_

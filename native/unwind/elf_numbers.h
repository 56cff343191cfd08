// ElfNumbers: the int32 constants that a program exports, by name.
//
// Owns:        FileNumbers: copies of names and values; LoadedNumbers: nothing.
// Threads:     FileNumbers: read it on one thread, Find() from any; LoadedNumbers: that of its MemoryReader.
// Signal-safe: no: allocates; FileNumbers reads a file.
// Lifetime:    FileNumbers is a plain value; LoadedNumbers must not outlive its MemoryReader.
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
  ElfNumbers() = default;
  ElfNumbers(const ElfNumbers&) = default;
  ElfNumbers& operator=(const ElfNumbers&) = default;
  virtual ~ElfNumbers() = default;

  // False: not exported; then `value` is unchanged.
  virtual bool Find(std::string_view name, int32_t* value) const = 0;
};

// Of a program's file.
class FileNumbers final : public ElfNumbers {
 public:
  // One pass over the exported symbols. Keeps those whose names begin with `prefix`, without it. Empty when
  // the file cannot be read or exports none.
  static FileNumbers Read(const std::string& path, std::string_view prefix);

  bool Find(std::string_view name, int32_t* value) const override;

  bool empty() const { return numbers_.empty(); }

 private:
  struct Number {
    std::string name;
    int32_t value = 0;
  };

  std::vector<Number> numbers_;  // ascending by name
};

// Of a program in memory. Each is looked up by the hash table that the loader uses (DT_GNU_HASH): the tables
// of all symbols are megabytes of which little is in memory yet.
class LoadedNumbers final : public ElfNumbers {
 public:
  // Where the program's own headers are: AT_PHDR and AT_PHNUM of getauxval(3). `prefix` precedes each name.
  LoadedNumbers(MemoryReader* memory, Address headers, size_t count, std::string_view prefix);

  // Also false where there is no such table.
  bool Find(std::string_view name, int32_t* value) const override;

 private:
  bool FindTables(Address headers, size_t count);
  bool HasName(uint64_t offset, std::string_view name) const;

  MemoryReader* const memory_;
  const std::string prefix_;
  uint64_t bias_ = 0;
  Address symbols_;
  Address names_;
  Address buckets_;  // null: nothing can be found
  Address chains_;
  uint32_t bucket_count_ = 0;
  uint32_t first_hashed_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_ELF_NUMBERS_H_

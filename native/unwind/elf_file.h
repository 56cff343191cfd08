// ElfFile: bounded reading of a 64-bit ELF file of this machine's byte order.
//
// Owns:        the file and copies of the header tables.
// Threads:     one at a time.
// Signal-safe: no: allocates.
// Lifetime:    move-only value.
#ifndef GMR_NATIVE_UNWIND_ELF_FILE_H_
#define GMR_NATIVE_UNWIND_ELF_FILE_H_

#if defined(__linux__)

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.h"
#include "../process/readable_file.h"

namespace gmr::platform {

class ElfFile {
 public:
  static Result<ElfFile> Open(const std::string& path);

  // Exactly `bytes`, or false.
  bool Read(uint64_t offset, void* to, size_t bytes) const { return file_.Read(offset, to, bytes); }
  // Up to `max_bytes`, to the first zero byte. Empty when unreadable or longer.
  std::string ReadString(uint64_t offset, size_t max_bytes) const {
    return file_.ReadString(offset, max_bytes);
  }

  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  const std::vector<Elf64_Shdr>& sections() const { return sections_; }

  // nullopt: no segment holds that byte of the file.
  std::optional<uint64_t> ToVirtualAddress(uint64_t file_offset) const;
  // Raw bytes; empty when there is none.
  std::string BuildId() const;

 private:
  explicit ElfFile(ReadableFile file) : file_(std::move(file)) {}

  bool ReadHeaders();
  template <typename T>
  bool ReadTable(uint64_t offset, size_t count, size_t entry_bytes, std::vector<T>* table) const;

  ReadableFile file_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace gmr::platform

#endif  // defined(__linux__)

#endif  // GMR_NATIVE_UNWIND_ELF_FILE_H_

// MemoryFile: a file in memory that other processes of the same user can read through /proc/<pid>/fd.
//
// Owns:        its descriptor, which has a high number, and the memory until the last reader has closed it.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    move-only value. It needs no file system and outlives no process.
//
// The application may close every descriptor, and may open another file under the same number. Therefore the
// descriptor is only used after a look at the file behind it. Linux only; elsewhere Make() returns ENOTSUP.
#ifndef GMR_NATIVE_OS_MEMORY_FILE_H_
#define GMR_NATIVE_OS_MEMORY_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../base/result.h"

namespace gmr::platform {

class MemoryFile {
 public:
  MemoryFile() = default;
  MemoryFile(MemoryFile&& other) noexcept { *this = std::move(other); }
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();  // NOLINT(performance-trivially-destructible): closes the file, on systems that have some

  // A sealed file with this content: no process can change it, not even this one. Its link in /proc/<pid>/fd
  // is
  // "/memfd:<name> (deleted)". The name has at most 240 bytes.
  static Result<MemoryFile> MakeSealed(const std::string& name, std::string_view content);
  // A file of `size` zero bytes, which is mapped at mapping() and keeps its size. Only this process can write
  // to it.
  static Result<MemoryFile> MakeMapped(const std::string& name, size_t size);

  // -1: none, or the application has closed it.
  int fd() const { return IsOurs() ? fd_ : -1; }
  // Null unless it was made by MakeMapped(). Never unmapped.
  void* mapping() const { return mapping_; }

 private:
  static Result<MemoryFile> Make(const std::string& name);
  bool IsOurs() const;
  SysError Write(std::string_view content) const;
  SysError Restrict(unsigned seals) const;

  int fd_ = -1;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  void* mapping_ = nullptr;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_MEMORY_FILE_H_

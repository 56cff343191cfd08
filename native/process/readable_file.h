// ReadableFile: a regular file that is read in pieces.
//
// Owns:        the descriptor.
// Threads:     one at a time.
// Signal-safe: no: Open() and ReadString() allocate.
// Lifetime:    move-only value.
//
// The file may be replaced or truncated meanwhile. It is read with pread(2), never mapped: a mapped file that
// shrinks kills its readers (SIGBUS).
#ifndef GMR_NATIVE_PROCESS_READABLE_FILE_H_
#define GMR_NATIVE_PROCESS_READABLE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "../base/result.h"
#include "../base/scoped_fd.h"

namespace gmr::platform {

class ReadableFile {
 public:
  // EINVAL: it is no regular file.
  static Result<ReadableFile> Open(const std::string& path);

  // Exactly `bytes`, or false.
  bool Read(uint64_t offset, void* to, size_t bytes) const;
  // Up to `max_bytes`, to the first zero byte. Empty when unreadable or longer.
  std::string ReadString(uint64_t offset, size_t max_bytes) const;

 private:
  explicit ReadableFile(ScopedFd fd) : fd_(std::move(fd)) {}

  ScopedFd fd_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_READABLE_FILE_H_

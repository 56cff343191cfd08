// ScopedFd: closes one file descriptor at the end of its scope.
//
// Owns:        one descriptor, or none (-1).
// Threads:     one thread at a time.
// Signal-safe: yes: close(2) only.
// Lifetime:    move-only value.
#ifndef GMR_NATIVE_BASE_SCOPED_FD_H_
#define GMR_NATIVE_BASE_SCOPED_FD_H_

#include <unistd.h>

#include <utility>

namespace gmr::platform {

class ScopedFd {
 public:
  explicit ScopedFd(int fd = -1) : fd_(fd) {}
  ScopedFd(ScopedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  ScopedFd& operator=(ScopedFd&& other) noexcept {
    std::swap(fd_, other.fd_);  // `other` closes what this one had
    return *this;
  }
  ~ScopedFd() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_SCOPED_FD_H_

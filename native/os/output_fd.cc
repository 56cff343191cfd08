#include "output_fd.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#if defined(__linux__)
#include <sys/sysmacros.h>
#endif

namespace gmr::platform {

namespace {

constexpr int kLowestOwn = 3;  // 0, 1 and 2 belong to the application

#if defined(__linux__)
// Such as /dev/null and /dev/full.
bool IsMemoryDevice(const struct stat& facts) { return major(facts.st_rdev) == 1; }

// The controlling end of a pseudo terminal: reopening it would create another terminal.
bool IsMaster(int fd) {
  int number = 0;
  return ioctl(fd, TIOCGPTN, &number) == 0;
}

bool PathOf(int fd, char* path, size_t size) { return std::snprintf(path, size, "/proc/self/fd/%d", fd) > 0; }
#else
bool IsMemoryDevice(const struct stat& /*facts*/) { return false; }

bool IsMaster(int fd) {
#if defined(TIOCPTYGNAME)
  char name[128];
  return ioctl(fd, TIOCPTYGNAME, name) == 0;
#else
  return fd < 0;
#endif
}

// On other systems, /dev/fd gives the same open file again, so this works for terminals only.
bool PathOf(int fd, char* path, size_t size) { return ttyname_r(fd, path, size) == 0; }
#endif

bool IsSame(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_rdev == other.st_rdev &&
         (one.st_mode & S_IFMT) == (other.st_mode & S_IFMT);
}

}  // namespace

OutputFd::OutputFd(int fd) : fd_(fd) {
  // From here on another thread may close the number or give it to another file.
  const int own = fcntl(fd, F_DUPFD_CLOEXEC, kLowestOwn);
  if (own >= 0) {
    fd_ = own;
    owned_ = true;
  } else if (errno != EMFILE) {
    error_ = errno;
    return;
  }
  flags_ = fcntl(fd_, F_GETFL);
  if (flags_ < 0 || fstat(fd_, &facts_) != 0) {
    error_ = errno;
    return;
  }
  Classify();
}

OutputFd::~OutputFd() { CloseOwn(); }

void OutputFd::CloseOwn() {
  if (owned_) close(fd_);
  owned_ = false;
}

void OutputFd::Classify() {
  // Reopening a descriptor that is only open for reading would make it writable. An epoll or eventfd that got
  // the number of a closed stderr has no file type.
  if ((flags_ & O_ACCMODE) == O_RDONLY || (facts_.st_mode & S_IFMT) == 0) {
    error_ = EBADF;
    return;
  }
  is_terminal_ = S_ISCHR(facts_.st_mode) && isatty(fd_) != 0;
  kind_ = Kind::kMayBlock;
  if (S_ISSOCK(facts_.st_mode)) {
    kind_ = Kind::kSocket;
  } else if (S_ISCHR(facts_.st_mode) && IsMemoryDevice(facts_)) {
    kind_ = Kind::kNever;
  } else if (S_ISFIFO(facts_.st_mode) || (is_terminal_ && !IsMaster(fd_))) {
    OpenAnew();
  }
}

// This fails if the file belongs to another user (after setuid, or under su), without /proc, and for a FIFO
// without a reader. Other devices are not reopened, because that may have side effects.
void OutputFd::OpenAnew() {
  char path[256];
  if (!owned_ || !PathOf(fd_, path, sizeof path)) return;
  const int anew = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (anew < 0) return;
  struct stat facts {};
  if (fstat(anew, &facts) != 0 || !IsSame(facts, facts_)) {
    close(anew);
    return;
  }
  CloseOwn();
  fd_ = anew;
  owned_ = true;
  kind_ = Kind::kNever;
}

}  // namespace gmr::platform

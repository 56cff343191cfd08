// OutputFd: a descriptor of our own for the file that another descriptor, such as stderr,
// refers to, opened so that writing to it does not block where that is possible.
//
// Owns:        its descriptor. If the process has no descriptor left, it borrows the other one.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    one report or line. Not longer, because a terminal or pipe that the application
//              closes must not stay open because of gmr-native.
//
// O_NONBLOCK belongs to the open file, which other processes share, so it is never set on the original.
// poll(2) is not enough: for a terminal, POLLOUT promises one byte, and in a pipe, another writer may take
// the room between poll and write. libuv reopens terminals for the same reason (uv_tty_init).
#ifndef GMR_NATIVE_OS_OUTPUT_FD_H_
#define GMR_NATIVE_OS_OUTPUT_FD_H_

#include <sys/stat.h>

namespace gmr::platform {

class OutputFd {
 public:
  enum class Kind {
    kNone,      // error() says why
    kNever,     // a write never blocks
    kSocket,    // send(2) with MSG_DONTWAIT never blocks
    kMayBlock,  // a regular file, or a terminal or pipe that cannot be opened anew
  };

  explicit OutputFd(int fd);
  OutputFd(const OutputFd&) = delete;
  OutputFd& operator=(const OutputFd&) = delete;
  ~OutputFd();

  int get() const { return fd_; }
  Kind kind() const { return kind_; }
  // An errno. EBADF: closed, or not open for writing.
  int error() const { return error_; }
  // The file that the descriptor refers to, as fstat(2) describes it, and the flags of the original
  // descriptor.
  const struct stat& facts() const { return facts_; }
  int flags() const { return flags_; }
  bool is_terminal() const { return is_terminal_; }

 private:
  void Classify();
  void OpenAnew();
  void CloseOwn();

  int fd_;
  bool owned_ = false;
  bool is_terminal_ = false;
  Kind kind_ = Kind::kNone;
  int error_ = 0;
  int flags_ = 0;
  struct stat facts_ {};
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_OUTPUT_FD_H_

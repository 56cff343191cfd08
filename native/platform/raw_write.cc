#include "raw_write.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "clock.h"

namespace gmr::platform {

namespace {

// 0 when `fd` takes bytes, else an errno.
int WaitWritable(int fd, int64_t deadline_ns) {
  for (;;) {
    const int64_t left_ns = deadline_ns - MonotonicNs();
    if (left_ns <= 0) return ETIMEDOUT;
    pollfd waiting{fd, POLLOUT, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left_ns / kNsPerMs) + 1);
    if (ready < 0 && errno != EINTR) return errno;
    if (ready <= 0) continue;
    if ((waiting.revents & POLLOUT) != 0) return 0;
    if ((waiting.revents & POLLNVAL) != 0) return EBADF;
    return EPIPE;  // POLLERR or POLLHUP alone: no reader is left
  }
}

ssize_t WriteSome(int fd, bool is_socket, std::string_view text) {
#if defined(MSG_NOSIGNAL)
  if (is_socket) return send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
#endif
  return write(fd, text.data(), text.size());
}

}  // namespace

WriteOutcome WriteWithDeadline(int fd, std::string_view text, int64_t deadline_ns) {
  WriteOutcome outcome;
  struct stat facts {};
  if (fstat(fd, &facts) != 0) return WriteOutcome{0, errno};
  // No file type: an epoll or an eventfd, which got the number of a closed stderr.
  if ((facts.st_mode & S_IFMT) == 0) return WriteOutcome{0, EBADF};
  // A pipe or terminal may be in blocking mode. POLLOUT promises room for
  // PIPE_BUF bytes (pipe(7)), so a write of that size cannot block.
  const bool is_regular = S_ISREG(facts.st_mode);
  const size_t chunk = is_regular ? size_t{1} << 20 : size_t{PIPE_BUF};

  while (outcome.written_bytes < text.size()) {
    outcome.error = WaitWritable(fd, deadline_ns);
    if (outcome.error != 0) return outcome;
    const auto part = text.substr(outcome.written_bytes, chunk);
    const ssize_t length = WriteSome(fd, S_ISSOCK(facts.st_mode), part);
    if (length >= 0) {
      outcome.written_bytes += static_cast<size_t>(length);
    } else if (errno != EINTR && errno != EAGAIN) {
      outcome.error = errno;
      return outcome;
    }
  }
  return outcome;
}

}  // namespace gmr::platform

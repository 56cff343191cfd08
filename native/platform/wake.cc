#include "wake.h"

#include <cerrno>

#include "signal_handler.h"

#if defined(__APPLE__)
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#endif

namespace gmr::platform {

void WakeChannel::Wake() { PostFromHandler(&handle_); }

#if defined(__APPLE__)

WakeChannel::WakeChannel() {
  int fds[2] = {-1, -1};
  if (pipe(fds) != 0) return;
  for (const int fd : fds) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  read_fd_ = fds[0];
  handle_.write_fd = fds[1];
}

void WakeChannel::Wait() {
  for (;;) {
    pollfd waiting{read_fd_, POLLIN, 0};
    if (poll(&waiting, 1, -1) < 0 && errno == EINTR) continue;
    char byte = 0;
    if (read(read_fd_, &byte, 1) == 1) return;
  }
}

void WakeChannel::Drain() {
  char bytes[256];
  while (read(read_fd_, bytes, sizeof bytes) > 0) {
  }
}

#else

WakeChannel::WakeChannel() { sem_init(&handle_, 0, 0); }

void WakeChannel::Wait() {
  while (sem_wait(&handle_) != 0 && errno == EINTR) {
  }
}

void WakeChannel::Drain() {
  while (sem_trywait(&handle_) == 0) {
  }
}

#endif

}  // namespace gmr::platform

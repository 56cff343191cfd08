#include "wake.h"

#include <cerrno>

#include "../base/clock.h"
#include "../base/futex.h"
#include "signal_handler.h"

#if GMR_WAKE_BY_FUTEX
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#endif

namespace gmr::platform {

void WakeChannel::Wake() { PostFromHandler(&handle_); }

#if GMR_WAKE_BY_FUTEX

namespace {

// Sleeps while nothing is pending. May return early: the caller looks again.
// `until`: CLOCK_MONOTONIC, or nullptr.
void SleepWhileZero(std::atomic<uint32_t>* pending, const timespec* until) {
  syscall(SYS_futex, pending, kFutexWaitBitsetPrivate, 0, until, nullptr, kFutexMatchAny);
}

}  // namespace

WakeChannel::WakeChannel() = default;

void WakeChannel::Wait() {
  while (handle_.pending.exchange(0) == 0) SleepWhileZero(&handle_.pending, nullptr);
}

void WakeChannel::WaitUntil(int64_t deadline_ns) {
  const timespec until{deadline_ns / kNsPerSecond, deadline_ns % kNsPerSecond};
  while (handle_.pending.exchange(0) == 0 && MonotonicNs() < deadline_ns) {
    SleepWhileZero(&handle_.pending, &until);
  }
}

void WakeChannel::Drain() { handle_.pending.store(0); }

#else

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

void WakeChannel::WaitUntil(int64_t deadline_ns) {
  constexpr int64_t kLongestMs = 60'000;
  for (int64_t left_ns = 0; (left_ns = deadline_ns - MonotonicNs()) > 0;) {
    pollfd waiting{read_fd_, POLLIN, 0};
    poll(&waiting, 1, static_cast<int>(std::min(left_ns / kNsPerMs + 1, kLongestMs)));
    char byte = 0;
    if (read(read_fd_, &byte, 1) == 1) return;
  }
}

void WakeChannel::Drain() {
  char bytes[256];
  while (read(read_fd_, bytes, sizeof bytes) > 0) {
  }
}

#endif

}  // namespace gmr::platform

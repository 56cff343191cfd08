#include "poll_fd.h"

#include <sys/epoll.h>

#include <cerrno>

#include "../base/own_calls.h"
#include "../base/scoped_fd.h"

namespace gmr::platform {

namespace {

// The event bits of epoll are those of poll.
static_assert(EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP);

// Uses only calls that every Node process makes.
int PollByEpoll(pollfd* waiting, int timeout_ms) {
  const ScopedFd poller(epoll_create1(EPOLL_CLOEXEC));
  if (!poller.ok()) return -1;
  epoll_event event{};
  event.events = static_cast<uint32_t>(waiting->events);
  if (epoll_ctl(poller.get(), EPOLL_CTL_ADD, waiting->fd, &event) != 0) {
    if (errno != EPERM && errno != EBADF) return -1;
    // A regular file is always ready.
    waiting->revents = errno == EPERM ? waiting->events : short{POLLNVAL};
    return 1;
  }
  const int ready = epoll_pwait(poller.get(), &event, 1, timeout_ms, nullptr);
  if (ready > 0) waiting->revents = static_cast<short>(event.events);
  return ready;
}

}  // namespace

int PollFd(pollfd* waiting, int timeout_ms) {
  waiting->revents = 0;
  return MayCall(OwnCall::kPoll) ? poll(waiting, 1, timeout_ms) : PollByEpoll(waiting, timeout_ms);
}

}  // namespace gmr::platform

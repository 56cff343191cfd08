// PollFd: poll(2) for one descriptor, even where a seccomp filter forbids that call.
//
// Owns:        an epoll descriptor during one call, and only under such a filter.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_OS_POLL_FD_H_
#define GMR_NATIVE_OS_POLL_FD_H_

#include <poll.h>

namespace gmr::platform {

// The arguments and the result are those of poll(2).
int PollFd(pollfd* waiting, int timeout_ms);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_POLL_FD_H_

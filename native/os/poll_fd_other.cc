#include "poll_fd.h"

namespace gmr::platform {

int PollFd(pollfd* waiting, int timeout_ms) { return poll(waiting, 1, timeout_ms); }

}  // namespace gmr::platform

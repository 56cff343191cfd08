#include "queue_signal.h"

#include <cerrno>

namespace gmr::platform {

Result<int> OpenProcess(int) { return SysError{ENOSYS, "opening a process"}; }

Result<bool> QueueRequest(int, int, int) { return SysError{ENOSYS, "queueing a signal"}; }

}  // namespace gmr::platform

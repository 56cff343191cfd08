#include "thread_activity.h"

#include <cerrno>

namespace gmr::platform {

Result<ThreadActivity> ReadThreadActivity(int) { return SysError{ENOTSUP, "reading what a thread does"}; }

}  // namespace gmr::platform

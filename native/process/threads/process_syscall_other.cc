#include "process_syscall.h"

namespace gmr::platform {

std::string DescribeProcessSyscall(int) { return {}; }

}  // namespace gmr::platform

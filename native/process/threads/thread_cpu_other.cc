#include "thread_cpu.h"

namespace gmr::platform {

int64_t ThreadCpuNs(int) { return 0; }

}  // namespace gmr::platform

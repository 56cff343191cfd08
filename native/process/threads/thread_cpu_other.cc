#include "thread_cpu.h"

namespace gmr::platform {

int64_t ThreadCpuNs(int) { return 0; }

int64_t ThreadQueuedNs(int) { return -1; }

}  // namespace gmr::platform

#include "thread_priority.h"

#if defined(__linux__)
#include <sys/resource.h>

#include "own_calls.h"
#endif

namespace gmr::platform {

#if defined(__linux__)

void LowerThreadPriority() {
  constexpr int kLowest = 19;
  if (MayCall(OwnCall::kSetpriority)) setpriority(PRIO_PROCESS, 0, kLowest);
}

#else

void LowerThreadPriority() {}

#endif

}  // namespace gmr::platform

#include "thread_priority.h"

#include <sys/resource.h>

#include "own_calls.h"

namespace gmr::platform {

void LowerThreadPriority() {
  constexpr int kLowest = 19;
  if (MayCall(OwnCall::kSetpriority)) setpriority(PRIO_PROCESS, 0, kLowest);
}

}  // namespace gmr::platform

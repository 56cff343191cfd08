#include "thread_priority.h"

namespace gmr::platform {

void LowerThreadPriority() {}

}  // namespace gmr::platform

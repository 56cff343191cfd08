#include "probe_child.h"

namespace gmr::platform {

ProbeResults ProbeCalls(const ProbedCall*, size_t, size_t) { return {}; }
void ReapLeftChildren() {}

}  // namespace gmr::platform

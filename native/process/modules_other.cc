#include "modules.h"

namespace gmr::platform {

ModuleList ModuleList::Collect(MemoryReader*) { return ModuleList(); }

}  // namespace gmr::platform

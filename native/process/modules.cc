#include "modules.h"

#include <algorithm>

namespace gmr::platform {

const Module* ModuleList::Find(Address pc) const {
  const auto after =
      std::upper_bound(modules_.begin(), modules_.end(), pc,
                       [](Address wanted, const Module& module) { return wanted < module.code.start; });
  if (after == modules_.begin()) return nullptr;
  const Module& module = *(after - 1);
  return module.code.Contains(pc) ? &module : nullptr;
}

}  // namespace gmr::platform

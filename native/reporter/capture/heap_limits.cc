#include "heap_limits.h"

#include "../../process/safe_read.h"
#include "../../process/self_memory.h"
#include "../../v8/old_limit.h"

namespace gmr::reporter {

void FindHeapLimits(Photograph* photograph) {
  // All isolates have the same layout, so what one report found serves the next one.
  static vm::OldLimit limit;
  platform::SelfMemory self;
  platform::MemoryReader memory(&self, platform::ReadCache::kNone);
  for (IsolatePhoto& photo : photograph->isolates) {
    if (!photo.heap || photo.status.isolate.IsNull()) continue;
    photo.old_limit_bytes = limit.Read(&memory, photo.status.isolate, photo.heap->limit_bytes);
  }
}

}  // namespace gmr::reporter

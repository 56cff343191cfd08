#include "gc_epoch.h"

namespace gmr::vm {

bool LoadGcEpoch(platform::MemorySource* source, const HeapLayout& layout, platform::Address heap,
                 GcEpoch* epoch) {
  if (layout.heap_gc_state < 0 || layout.heap_full_count < 0 || layout.heap_gc_count < 0) return false;
  const auto load = [&](int32_t offset, int32_t* value) {
    return source->Fetch(heap + offset, value, sizeof *value);
  };
  return load(layout.heap_gc_state, &epoch->state) && load(layout.heap_full_count, &epoch->full_count) &&
         load(layout.heap_gc_count, &epoch->count);
}

bool ReadGcEpoch(platform::MemoryReader* memory, const HeapLayout& layout, platform::Address heap,
                 GcEpoch* epoch) {
  memory->Forget();
  return LoadGcEpoch(memory->source(), layout, heap, epoch);
}

}  // namespace gmr::vm

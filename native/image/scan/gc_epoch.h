// GcEpoch: V8's state and counters of an isolate's garbage collections, read from its memory.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    plain value.
//
// A collection moves objects, so another thread that reads the heap at the same time may see an object twice,
// not at all, or mixed with another one. Two equal epochs at rest, one before and one after reading, prove
// that nothing was moved in between. If only `count` differs, V8 collected young objects, and old ones stayed
// where they were.
#ifndef GMR_NATIVE_IMAGE_SCAN_GC_EPOCH_H_
#define GMR_NATIVE_IMAGE_SCAN_GC_EPOCH_H_

#include <cstdint>

#include "../objects/heap_layout.h"

namespace gmr::vm {

struct GcEpoch {
  int32_t state = -1;       // Heap::gc_state_; 0: no collection is at work
  int32_t full_count = -1;  // Heap::ms_count_: collections of the whole heap
  int32_t count = -1;       // Heap::gc_count_: those, and those of young objects

  bool at_rest() const { return state == 0; }
  bool operator==(const GcEpoch&) const = default;
};

// `heap` is HeapAnchors::heap. False when the addresses are not known or cannot be read.
bool LoadGcEpoch(platform::MemorySource* source, const HeapLayout& layout, platform::Address heap,
                 GcEpoch* epoch);
// The same, and what is read next is read anew.
bool ReadGcEpoch(platform::MemoryReader* memory, const HeapLayout& layout, platform::Address heap,
                 GcEpoch* epoch);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_GC_EPOCH_H_

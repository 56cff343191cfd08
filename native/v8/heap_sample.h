// HeapSample: how full the heap of an isolate is.
//
// Owns:        nothing.
// Threads:     SampleHeap() on the isolate's own thread.
// Signal-safe: no; but it allocates nothing, neither in V8's heap nor outside.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_V8_HEAP_SAMPLE_H_
#define GMR_NATIVE_V8_HEAP_SAMPLE_H_

#include <v8.h>

#include <cstddef>

namespace gmr::vm {

struct HeapSample {
  size_t used_bytes = 0;
  size_t total_bytes = 0;
  size_t limit_bytes = 0;
  // Objects in the old generation, large ones and code included: what V8 compares with old_limit.h.
  size_t old_used_bytes = 0;
  size_t external_bytes = 0;
  size_t malloced_bytes = 0;
  size_t native_contexts = 0;
  size_t detached_contexts = 0;
};

HeapSample SampleHeap(v8::Isolate* isolate);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_SAMPLE_H_

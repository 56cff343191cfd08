// HeapPages: the memory pages of one isolate's heap that may hold objects.
//
// Owns:        the list.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    a snapshot, as the HeapPageIndex.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_

#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "heap_page_index.h"

namespace gmr::vm {

class HeapPages {
 public:
  // False: no memory. Pages that hold the rest of a large object are listed when `with_large`: no object
  // begins there.
  bool Select(const HeapPageIndex& index, platform::Address heap, bool with_large);

  const platform::MappedArray<HeapPage>& pages() const { return pages_; }
  uint64_t total_bytes() const { return total_bytes_; }
  // Without the rest of large objects.
  uint64_t object_bytes() const { return object_bytes_; }

 private:
  platform::MappedArray<HeapPage> pages_{kMaxHeapPages};
  uint64_t total_bytes_ = 0;
  uint64_t object_bytes_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_

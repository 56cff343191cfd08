// HeapPages: the memory pages of one isolate's heap that may hold objects.
//
// Owns:        the list.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no. Collect() takes no lock of this process; ProcMaps must have
//              been read before a thread was stopped.
// Lifetime:    a snapshot: V8's own threads may unmap a page at any time.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_

#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../process/proc_maps.h"
#include "heap_layout.h"

namespace gmr::vm {

struct HeapPage {
  uintptr_t start = 0;
  uintptr_t end = 0;  // exclusive; at most kPageBytes behind the start
  // The rest of a large object: no object begins in it.
  bool is_inside_large = false;
};

// Pages that are looked at by one call to the kernel.
inline constexpr size_t kPageBatch = 256;

// 32 GiB of heap.
inline constexpr size_t kMaxHeapPages = size_t{1} << 17;

// Whether the heap of an isolate may be in that mapping.
bool MayHoldHeap(const platform::Mapping& mapping);

// Where the headers are of the pages that begin at `first` and follow each other, at most kPageBatch. 0: that
// is no page of V8's. Versions whose pages begin with their header are not examined.
void FindPageHeaders(platform::MemoryReader* memory, const HeapLayout& layout, uintptr_t first, size_t count,
                     uintptr_t* headers);

class HeapPages {
 public:
  HeapPages(platform::MemoryReader* memory, const HeapLayout* layout, const HeapAnchors* anchors)
      : memory_(memory), layout_(layout), anchors_(anchors) {}

  // False: there are more than a report looks at, or no memory. Pages that hold
  // the rest of a large object are listed when `with_large`: no object begins there.
  bool Collect(const platform::ProcMaps& maps, bool with_large);

  const platform::MappedArray<HeapPage>& pages() const { return pages_; }
  uint64_t total_bytes() const { return total_bytes_; }
  // Without the rest of large objects.
  uint64_t object_bytes() const { return object_bytes_; }

 private:
  enum class Owner : uint8_t { kOther, kOurs, kFromSpace };

  // Of memory that is looked at for pages: 128 GiB, some 300 ms.
  static constexpr size_t kMaxChunks = size_t{1} << 19;

  static constexpr size_t kMaxSeams = size_t{1} << 17;

  // Whose the pages are that begin at `first` and follow each other.
  void FindOwners(uintptr_t first, size_t count);
  bool CollectFrom(const platform::AddressRange& range, bool with_large);

  platform::MemoryReader* memory_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  platform::MappedArray<HeapPage> pages_{kMaxHeapPages};
  // Where mappings begin that follow another one without a gap.
  platform::MappedArray<uintptr_t> seams_{kMaxSeams};
  uint64_t total_bytes_ = 0;
  uint64_t object_bytes_ = 0;
  size_t chunks_ = 0;
  uintptr_t headers_[kPageBatch] = {};
  Owner owners_[kPageBatch] = {};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGES_H_

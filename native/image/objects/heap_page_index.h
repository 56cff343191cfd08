// HeapPageIndex: the memory pages of several heaps, found in one pass over the memory of the process.
//
// Owns:        the list.
// Threads:     Collect() on one at a time, as the MemoryReader; reading it afterwards: any.
// Signal-safe: no. Collect() takes no lock of this process; ProcMaps must have been read before a thread was
//              stopped.
// Lifetime:    a snapshot: V8's own threads may unmap a page at any time.
//
// Finding pages takes longer than reading a small heap, and most of it is the same for all isolates.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGE_INDEX_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGE_INDEX_H_

#include <cstddef>
#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../process/proc_maps.h"
#include "heap_layout.h"

namespace gmr::vm {

struct HeapPage {
  platform::Address start;
  platform::Address end;  // exclusive; at most kPageBytes behind the start
  // The rest of a large object: no object begins in it.
  bool is_inside_large = false;
};

// Pages that are looked at by one call to the kernel.
inline constexpr size_t kPageBatch = 256;

// 32 GiB of heap.
inline constexpr size_t kMaxHeapPages = size_t{1} << 17;

// Whether the heap of an isolate may be in that mapping.
bool MayHoldHeap(const platform::Mapping& mapping);

// Where the headers are of the pages that begin at `first` and follow each other, at most kPageBatch. Null:
// that is no page of V8's. Versions whose pages begin with their header are not examined.
void FindPageHeaders(platform::MemoryReader* memory, const HeapLayout& layout, platform::Address first,
                     size_t count, platform::Address* headers);

class HeapPageIndex {
 public:
  struct Entry {
    HeapPage page;
    platform::Address heap;
  };

  HeapPageIndex(platform::MemoryReader* memory, const HeapLayout* layout)
      : memory_(memory), layout_(layout) {}

  // The heaps whose pages Collect() looks for, as HeapAnchors::heap. False: no memory, or too many.
  bool Add(platform::Address heap);
  // False: there are more pages than a report looks at, or no memory.
  bool Collect(const platform::ProcMaps& maps);

  // Whether that heap still has all of its pages. V8 gives pages away on threads of its own, and another
  // isolate may take one. And a collection of young objects counts itself before its state shows it
  // (gc_epoch.h): one that had done so when the epoch was read is noticed by the pages that it left.
  bool StillHas(platform::Address heap, platform::MemoryReader* memory) const;

  // In the order of their addresses. Pages that hold the rest of a large object are among them; pages from
  // which a collection has moved everything are not.
  const platform::MappedArray<Entry>& entries() const { return entries_; }

 private:
  static constexpr size_t kMaxHeaps = 4096;
  // Of memory that is looked at for pages: 128 GiB, some 300 ms.
  static constexpr size_t kMaxChunks = size_t{1} << 19;
  static constexpr size_t kMaxSeams = size_t{1} << 17;
  // Whose the pages are that begin at `first` and follow each other.
  void FindOwners(platform::Address first, size_t count);
  bool IsWanted(platform::Address heap) const;
  bool CollectFrom(const platform::AddressRange& range);

  platform::MemoryReader* memory_;
  const HeapLayout* layout_;
  platform::MappedArray<platform::Address> heaps_{kMaxHeaps};  // sorted
  platform::MappedArray<Entry> entries_{kMaxHeapPages};
  // Where mappings begin that follow another one without a gap.
  platform::MappedArray<platform::Address> seams_{kMaxSeams};
  size_t chunks_ = 0;
  platform::Address headers_[kPageBatch] = {};
  uint64_t owners_[kPageBatch] = {};  // a heap; 0: none that is wanted
  bool is_from_space_[kPageBatch] = {};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_PAGE_INDEX_H_

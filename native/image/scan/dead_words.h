// FreeAreas and DeadWords: which words of a heap page are in no object.
//
// Owns:        a list of the free blocks of one page.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock.
// Lifetime:    until the next Begin(). The words must live as long.
//
// A garbage collection does not clear what it frees: objects in a free block look alive, and what they refer
// to may have become something else.
#ifndef GMR_NATIVE_IMAGE_SCAN_DEAD_WORDS_H_
#define GMR_NATIVE_IMAGE_SCAN_DEAD_WORDS_H_

#include <cstddef>
#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../objects/heap_layout.h"
#include "../objects/heap_pages.h"
#include "../objects/tagged.h"

namespace gmr::vm {

// Words of a page, as they were copied.
struct PageWords {
  const uint64_t* at = nullptr;
  size_t count = 0;
  platform::Address start;  // where they are in the heap
};

// Returns how many words the free block has whose header is word `index`, or 0 if no free block begins there.
// `size_unit` is how many bytes one unit of its size field stands for.
size_t FreeWords(const PageWords& page, size_t index, int32_t size_unit);

// A part of a page: words from `begin` up to `end`.
struct WordRange {
  size_t begin = 0;
  size_t end = 0;
};

// Where V8 puts new objects, one behind the other: what is at `top` and behind it is from before a garbage
// collection. Null where it is not known.
struct AllocationGap {
  platform::Address top;
  platform::Address limit;
};

// Reads the area at `area`. Both null: there is none, or it is no gap in one page.
AllocationGap ReadGap(const HeapReader& heap, platform::Address area);
// Where new objects and old ones are put at this moment, past the cache. A page of new objects has none
// behind the top: its gap ends with the page.
inline constexpr size_t kAllocationGaps = 2;
void ReadGapsNow(const HeapReader& heap, const HeapAnchors& anchors, AllocationGap (&gaps)[kAllocationGaps]);

struct FreeAreas {
  // A page of new objects has none behind `top`, not even behind `limit`.
  platform::Address new_top;
  AllocationGap old;

  // The number of words before the end of the objects; all of them where the top is in another page.
  size_t EndOfObjects(const PageWords& page) const;
  // The gap among old objects. Where the page has none, it is empty, and at the end of the page.
  WordRange GapIn(const PageWords& page) const;
};

class DeadWords {
 public:
  DeadWords(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors)
      : heap_(heap), layout_(layout), anchors_(anchors) {}

  // For a page that objects begin in.
  void Begin(const PageWords& page, const FreeAreas& areas);
  // For a page that is inside of a large object: none is dead.
  void BeginInside() { page_ = {}; }

  bool Has(size_t index);

 private:
  // The smallest has a map and a size.
  static constexpr size_t kMaxBlocks = kPageBytes / sizeof(uint64_t) / 2;

  void FindBlocks();
  size_t BlockAt(size_t index) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  PageWords page_;
  size_t end_ = 0;
  WordRange gap_;
  // Most pages are never asked for.
  bool is_listed_ = false;
  platform::MappedArray<WordRange> blocks_{kMaxBlocks};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_DEAD_WORDS_H_

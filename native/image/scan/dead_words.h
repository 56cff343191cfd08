// DeadWords: which words of a heap page are in no object.
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

// New objects are put one behind the other, up to `allocation_top`. Behind the last one is what was there
// before the last garbage collection. The number of words before that; all of them where the top is in
// another page.
size_t EndOfObjects(const PageWords& page, platform::Address allocation_top);

class DeadWords {
 public:
  DeadWords(const HeapLayout* layout, const HeapAnchors* anchors) : layout_(layout), anchors_(anchors) {}

  // For a page that objects begin in.
  void Begin(const PageWords& page, platform::Address allocation_top);
  // For a page that is inside of a large object: none is dead.
  void BeginInside() { page_ = {}; }

  bool Has(size_t index);

 private:
  struct Block {
    size_t begin = 0;
    size_t end = 0;
  };
  // The smallest has a map and a size.
  static constexpr size_t kMaxBlocks = kPageBytes / sizeof(uint64_t) / 2;

  void FindBlocks();

  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  PageWords page_;
  size_t end_ = 0;
  // Most pages are never asked for.
  bool is_listed_ = false;
  platform::MappedArray<Block> blocks_{kMaxBlocks};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_DEAD_WORDS_H_

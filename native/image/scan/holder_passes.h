// HolderPasses: which words of a heap refer to given objects, for many objects in one pass.
//
// Owns:        what it found, in mappings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: a large heap is searched with a second thread.
// Lifetime:    until Reset(); it holds addresses of a heap that may change meanwhile.
//
// A heap has no pointers back. A pass reads the pages that may point to one of the objects, which
// PageTargets knows after the first scan, and walks from each word that does to the start of its object.
#ifndef GMR_NATIVE_IMAGE_SCAN_HOLDER_PASSES_H_
#define GMR_NATIVE_IMAGE_SCAN_HOLDER_PASSES_H_

#include <cstdint>

#include "../../base/containers/index_table.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/heap_pages.h"
#include "dead_words.h"
#include "heap_scan.h"
#include "holder_search.h"
#include "page_filter.h"
#include "word_set.h"

namespace gmr::vm {

using platform::kNoIndex;

// A word in `object`, `offset` bytes behind its start, that refers to what was wanted.
struct FoundHolder {
  Tagged object;
  int32_t offset = -1;
  uint32_t next = kNoIndex;
  Tagged held;  // what was wanted, or the node of its list that this one has
};

struct HeldObject {
  Tagged object;
  uint32_t first = kNoIndex;  // of FoundHolder
  uint32_t last = kNoIndex;
  uint32_t count = 0;
  uint32_t limit = 0;
  bool is_searched = false;
  bool is_popular = false;  // it has more holders than its limit
  // Holders with this map, the other nodes of a list, are not noted. 0: all are.
  Tagged ignored_map;
  int32_t list_offset = -1;
  uint32_t first_node = kNoIndex;  // of ListNode
  // Maps of holders, and how many of each were noted. A queue and its list may be held by as many alike, such
  // as scopes of callbacks, as there are elements: a few of them stand for all, so that others are found.
  Tagged maps[3];
  uint8_t with_map[3] = {};
  uint16_t alike = 0;      // those that were not noted for that
  bool is_unseen = false;  // a word refers to it, and the object around that word was not recognised
};

// A node of a list that was wanted by itself before: its holders are found under that number.
struct ListNode {
  uint32_t number = kNoIndex;
  uint32_t next = kNoIndex;
};

class HolderPasses {
 public:
  HolderPasses(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors)
      : heap_(heap), search_(heap, layout), dead_(heap, layout, anchors), page_filter_(&heap->memory()) {}

  struct Search {
    const HeapPages& pages;
    // What each of these pages points to. Pages that are not noted yet will be.
    PageTargets* targets = nullptr;
    FreeAreas free_areas;
    int64_t deadline_ns = 0;
    bool may_split = true;  // whether a second thread may help
  };

  void Reset();
  // The number of `object`, whose first `limit` holders the next pass is to find; kNoIndex: too many.
  uint32_t Want(Tagged object, uint32_t limit);
  // The same for an object that is in a list: a holder of any node of `chain` counts. Its nodes have
  // this map, and each refers to the next one at `offset`. If one of them is in such a list that was wanted
  // before, it is that list.
  uint32_t WantList(const platform::MappedArray<uint64_t>& chain, Tagged map, int32_t offset, uint32_t limit);
  bool has_open() const { return pass_begin_ < held_.size(); }
  // Searches for all objects that were added since the last pass. False: it ended before its time; then
  // these stay unsearched.
  bool Run(const Search& search);
  bool has_unreadable_pages() const { return has_unreadable_pages_; }

  // The number of an object that was wanted; kNoIndex: it was not.
  uint32_t Find(Tagged object) const {
    const uint32_t* number = numbers_.Find(object.bits());
    return number == nullptr ? kNoIndex : *number;
  }
  const HeldObject& operator[](uint32_t number) const { return held_[number]; }
  const FoundHolder& HolderAt(uint32_t index) const { return found_[index]; }
  const ListNode& NodeAt(uint32_t index) const { return nodes_[index]; }
  // No further holder was noted, for want of room.
  bool is_full() const { return is_full_; }

 private:
  static constexpr size_t kMaxObjects = 200'000;
  static constexpr size_t kMaxFound = 400'000;
  // Nodes of lists included.
  static constexpr size_t kMaxWords = size_t{3} << 19;
  static constexpr size_t kMaxPages = size_t{1} << 17;
  // To find the holder of a word takes about a microsecond.
  static constexpr uint16_t kMostAlike = 4096;

  bool FillFilter();
  bool ScanPages(const Search& search);
  bool ListPages(const HeapPages& pages, const PageTargets& targets);
  bool IsPassOver();
  bool ScanPage(const Search& search, size_t number);
  void ScanWords(const HeapPages& pages, size_t number, size_t begin, size_t end);
  bool IsOpen(uint32_t number) const {
    const HeldObject& held = held_[number];
    return number >= pass_begin_ && number < pass_end_ && held.count < held.limit && held.alike < kMostAlike;
  }
  bool IsOneOfMany(HeldObject* held, Tagged map) const;
  void Note(uint32_t number, Tagged held, const WordHolder& holder);

  const HeapReader* heap_;
  HolderSearch search_;
  DeadWords dead_;
  platform::MappedArray<HeldObject> held_{kMaxObjects};
  platform::MappedArray<FoundHolder> found_{kMaxFound};
  platform::NumberTable numbers_{kMaxWords};
  platform::MappedArray<ListNode> nodes_{kMaxObjects};
  // Words of lists that the next pass looks for.
  platform::MappedArray<uint64_t> list_words_{kMaxWords};
  platform::MappedArray<uint32_t> page_numbers_{kMaxPages};
  WordSet filter_;
  PageFilter page_filter_;
  // The copy of the page that is being searched.
  const uint64_t* page_ = nullptr;
  uint32_t pass_begin_ = 0;
  uint32_t pass_end_ = 0;
  uint32_t first_open_ = 0;
  bool is_full_ = false;
  bool has_unreadable_pages_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_HOLDER_PASSES_H_

// ListChains: the nodes in front of a node of a linked list, all found in one pass.
//
// Owns:        pairs of nodes of a few classes, in mappings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until Reset().
//
// Going backwards node by node takes a pass for each. One pass for the map that all of them have finds all
// pairs. Searches alternate between kinds of lists, and between both directions of one, so the last few
// passes are kept. Nodes that were removed, and copies that V8 left behind when it moved nodes, still refer
// to nodes of the list, so several nodes may be in front of one, and all of them are followed.
#ifndef GMR_NATIVE_IMAGE_SCAN_LIST_CHAINS_H_
#define GMR_NATIVE_IMAGE_SCAN_LIST_CHAINS_H_

#include <cstdint>

#include "../../base/containers/index_table.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/heap_pages.h"
#include "page_targets.h"

namespace gmr::vm {

using platform::kNoIndex;

class ListChains {
 public:
  static constexpr size_t kMaxNodes = size_t{1} << 20;

  explicit ListChains(const HeapReader* heap) : heap_(heap) {}

  void Reset();
  // Collects the objects with this map that refer to another one at `offset`. False: the time is over, or
  // there are too many.
  bool Collect(const HeapPages& pages, const PageTargets& targets, Tagged map, int32_t offset,
               int64_t deadline_ns);
  // `node` and all in front of it. False: there are too many.
  bool WalkBack(Tagged node, platform::MappedArray<uint64_t>* chain);

 private:
  struct Pass {
    Tagged map;  // 0: none
    int32_t offset = -1;
    platform::MappedArray<uint64_t> nodes{kMaxNodes};
    // From a node to the index of a node that refers to it, and from that to the next one that does.
    platform::NumberTable before{kMaxNodes};
    platform::MappedArray<uint32_t> also_before{kMaxNodes};
  };

  static constexpr size_t kPasses = 6;

  bool CollectPage(const HeapPage& page);

  const HeapReader* heap_;
  Pass passes_[kPasses];
  Pass* current_ = passes_;
  size_t next_ = 0;  // the oldest, which the next one replaces
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_LIST_CHAINS_H_

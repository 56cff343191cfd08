// AsyncLeaves: at which promises the innermost await of each group ends.
//
// Owns:        the list.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Collect(); of the graph.
#ifndef GMR_NATIVE_IMAGE_GREEN_ASYNC_LEAVES_H_
#define GMR_NATIVE_IMAGE_GREEN_ASYNC_LEAVES_H_

#include <cstdint>

#include "async_groups.h"
#include "leaf_labels.h"

namespace gmr::vm {

// One thing that a group waits for. Promise.all and the like may have several.
struct AsyncLeaf {
  uint32_t group = kNoIndex;
  uint32_t function = kNoIndex;  // another suspended function, or
  uint32_t label = kNoIndex;     // a number of LeafLabels; both none: about to go on
  uint32_t promise = kNoIndex;   // of the graph
  uint8_t via = 0;
};

class AsyncLeaves {
 public:
  // Of the first `max_groups` groups, in their order; asks `labels` for a number
  // of each promise. False: no memory.
  bool Collect(const AsyncGraph& graph, const AsyncGroups& groups, uint32_t max_groups, LeafLabels* labels);

  const platform::MappedArray<AsyncLeaf>& leaves() const { return leaves_; }

 private:
  static constexpr size_t kMaxLeaves = 100'000;
  static constexpr int kMaxDepth = 8;
  static constexpr int kMaxPerGroup = 6;

  struct Open {
    uint32_t promise = kNoIndex;
    int depth = 0;
    uint8_t via = 0;
  };

  bool Follow(const AsyncGraph& graph, uint32_t group, uint32_t awaited, LeafLabels* labels);
  bool AddEnd(const AsyncGraph& graph, uint32_t group, const Open& end, LeafLabels* labels);

  platform::MappedArray<AsyncLeaf> leaves_{kMaxLeaves};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_ASYNC_LEAVES_H_

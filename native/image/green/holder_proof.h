// HolderProof: whether an object still holds another one, from fresh memory.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the HeapReader.
//
// A queue that is at work moves what waits in it: to another place of the same array, or into a new array
// when it grows. Both still hold it.
#ifndef GMR_NATIVE_IMAGE_GREEN_HOLDER_PROOF_H_
#define GMR_NATIVE_IMAGE_GREEN_HOLDER_PROOF_H_

#include <cstdint>

#include "../objects/heap_layout.h"

namespace gmr::vm {

// Who held something, and where; and who held that.
struct HeldBy {
  Tagged holder;
  int32_t offset = -1;
  Tagged outer;  // 0: not known
  int32_t outer_offset = -1;
};

class HolderProof {
 public:
  HolderProof(const HeapReader* heap, const HeapLayout* layout) : heap_(heap), layout_(layout) {}

  // The offset of a promise in the function that resolves it: its context leads there.
  static constexpr int32_t kByContext = -2;

  // False: it is not held any more. `now` is what holds it: the holder, or the array that took its place in
  // the outer one.
  bool Find(Tagged held, const HeldBy& by, Tagged* now) const;

 private:
  // A longer array is searched up to there; its end is where new ones come.
  static constexpr int64_t kMaxElements = 1 << 16;

  bool HoldsAt(Tagged holder, int32_t offset, Tagged held) const;
  bool HoldsSomewhere(Tagged array, Tagged held) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_HOLDER_PROOF_H_

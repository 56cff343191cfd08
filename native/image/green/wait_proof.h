// WaitProof: whether a way from a promise to who settles it is still so, from fresh memory.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the graph and the nodes.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_PROOF_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_PROOF_H_

#include "../graph/async_proof.h"
#include "holder_proof.h"
#include "wait_ends.h"

namespace gmr::vm {

class WaitProof {
 public:
  WaitProof(const HeapReader* heap, const HeapLayout* layout, const WaitNodes* nodes, AsyncProof* proof)
      : heap_(heap), layout_(layout), nodes_(nodes), proof_(proof), holders_(heap, layout) {}

  // Before any promise is looked at (async_proof.h): whether the functions that it ends at are suspended
  // where they were.
  bool HoldsFunctions(const FoundEnd& end) const;
  // After that: whether each step of the way is as it was.
  bool Holds(const FoundEnd& end) const;

 private:
  static constexpr int kMaxReactions = 1000;
  static constexpr int kMaxListNodes = 4096;

  // `*held` becomes what now holds what it was: another array, where a queue grew.
  bool HoldsStep(const std::vector<WaitLink>& path, size_t at, Tagged* held) const;
  bool HoldsWay(const std::vector<WaitLink>& path, Tagged held, bool with_first) const;
  bool LeadsInList(Tagged from, Tagged to, int32_t offset) const;
  bool HasReaction(Tagged promise, Tagged reaction) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const WaitNodes* nodes_;
  AsyncProof* proof_;
  HolderProof holders_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_PROOF_H_

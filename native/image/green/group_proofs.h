// GroupProofs: what of a scan beside running JavaScript may be shown.
//
// Owns:        a verdict on each group and on each thing that a group waits for.
// Threads:     one at a time, as the MemoryReader; not the isolate's.
// Signal-safe: no: allocates.
// Lifetime:    until the next Run(); of the graph, the groups and the answers.
#ifndef GMR_NATIVE_IMAGE_GREEN_GROUP_PROOFS_H_
#define GMR_NATIVE_IMAGE_GREEN_GROUP_PROOFS_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "../graph/async_proof.h"
#include "../scan/gc_epoch.h"
#include "resource_holders.h"
#include "wait_answers.h"
#include "wait_proof.h"

namespace gmr::vm {

class GroupProofs {
 public:
  GroupProofs(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
              const RawStrings* strings, const AsyncGraph* graph, const WaitNodes* nodes)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        graph_(graph),
        proof_(heap, layout, anchors, strings, graph),
        waits_(heap, layout, nodes, &proof_) {}

  void SetHeld(std::function<bool(uint32_t function)> holds) { proof_.SetHeld(std::move(holds)); }

  // Checks the shown groups from fresh memory, each by one of its functions, and if need be by
  // others. False: V8 collected garbage each time, so that nothing was proved.
  bool Run(AsyncGroups* groups, WaitAnswers* answers, ResourceHolders* holders, int64_t deadline_ns);

  // False: none of its functions that were looked at still waits as the group says.
  bool Holds(uint32_t group) const { return held_[group] != 0; }
  // How many of its functions are still suspended there. In a group of more than kMostCounted it is how many
  // were found.
  uint32_t CountOf(uint32_t group) const { return counts_[group]; }
  uint32_t lost_groups() const { return lost_groups_; }
  // The number of proved groups for which it is not certain what they wait for.
  uint32_t unsure_waits() const { return unsure_waits_; }

 private:
  static constexpr int kMaxTries = 5;
  // Functions of a group that are looked at when the first one went on: as many of the oldest as of the
  // youngest.
  static constexpr size_t kMaxOthers = 8;

  // Each takes about a microsecond, and a collection meanwhile means to begin again.
  static constexpr uint32_t kMostCounted = 1000;
  static constexpr uint32_t kMostCountedInAll = 8000;

  struct Others {
    uint32_t functions[kMaxOthers];
    size_t seen = 0;
  };

  void CheckSamples();
  void CheckWaits();
  void CheckWait(uint32_t group);
  void TellProved();
  void CheckOthers();
  void FindOthers();
  void CountAgain();
  bool HoldsOne(uint32_t function);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const AsyncGraph* graph_;
  AsyncProof proof_;
  WaitProof waits_;
  // Of one Run():
  AsyncGroups* groups_ = nullptr;
  WaitAnswers* answers_ = nullptr;
  std::vector<uint32_t> samples_;  // those that the answers are of
  std::vector<uint8_t> held_;
  // For each group: which of its ends hold.
  std::vector<std::vector<uint8_t>> ends_held_;
  std::vector<uint32_t> counts_;
  std::vector<Others> others_;
  uint32_t unsure_waits_ = 0;
  uint32_t lost_groups_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_GROUP_PROOFS_H_

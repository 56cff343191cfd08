#include "group_proofs.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/heap_page_index.h"

namespace gmr::vm {

namespace {

// A longer chain is looked at up to there.
constexpr int kMostCallers = 1000;

// V8 gives pages away while its threads go on, and another isolate may take one. What is suspended there is
// suspended indeed, but not here.
class OwnPages {
 public:
  OwnPages(platform::MemoryReader* memory, const HeapLayout* layout, platform::Address heap)
      : memory_(memory), layout_(layout), heap_(heap) {}

  bool Has(Tagged object) {
    const platform::Address page = object.Slot(0).AlignedDown(kPageBytes);
    if (page != last_) is_last_own_ = IsOwn(page);
    last_ = page;
    return is_last_own_;
  }

 private:
  bool IsOwn(platform::Address page) const {
    platform::Address header;
    uint64_t owner = 0;
    uint64_t flags = 0;
    FindPageHeaders(memory_, *layout_, page, 1, &header);
    return !header.IsNull() && memory_->Load(header + layout_->page_heap, &owner) &&
           owner == heap_.number() && memory_->Load(page + layout_->page_flags, &flags) &&
           (flags & kPageIsFromSpace) == 0;
  }

  platform::MemoryReader* memory_;
  const HeapLayout* layout_;
  const platform::Address heap_;
  platform::Address last_;
  bool is_last_own_ = false;
};

bool AreAllOwn(const AsyncGraph& graph, uint32_t function, OwnPages* pages) {
  uint32_t at = function;
  for (int i = 0; at != kNoIndex && i < kMostCallers; ++i, at = graph.functions()[at].caller) {
    if (!pages->Has(graph.functions()[at].suspended.object)) return false;
  }
  return true;
}

// A function whose place could not be read, because V8 was at work on it, cannot be shown.
bool AreAllKnown(const AsyncGroups& groups, uint32_t group) {
  uint32_t at = groups.groups()[group].chain;
  for (int i = 0; at != kNoIndex && i < kMostCallers; ++i, at = groups.chains()[at].caller) {
    if (groups.chains()[at].place == kNoIndex) return false;
  }
  return true;
}

}  // namespace

bool GroupProofs::Run(AsyncGroups* groups, WaitAnswers* answers, ResourceHolders* holders,
                      int64_t deadline_ns) {
  groups_ = groups;
  answers_ = answers;
  others_.clear();
  samples_.clear();
  for (uint32_t i = 0; i < groups->shown(); ++i) samples_.push_back(groups->groups()[i].sample);
  for (int tries = 0; tries < kMaxTries; ++tries) {
    if (tries > 0 && platform::MonotonicNs() > deadline_ns) return false;
    GcEpoch before;
    GcEpoch after;
    if (!ReadGcEpoch(&heap_->memory(), *layout_, anchors_->heap, &before)) return false;
    if (!before.at_rest()) continue;
    CheckSamples();
    CheckWaits();
    CheckOthers();
    CountAgain();
    heap_->memory().Forget();
    holders->Run(deadline_ns);
    if (!ReadGcEpoch(&heap_->memory(), *layout_, anchors_->heap, &after)) return false;
    lost_groups_ = static_cast<uint32_t>(std::count(held_.begin(), held_.end(), 0));
    if (after != before) continue;
    TellProved();
    return true;
  }
  return false;
}

// All functions first, and all promises after them (async_proof.h).
void GroupProofs::CheckSamples() {
  held_.assign(samples_.size(), 0);
  ends_held_.assign(answers_->groups(), {});
  proof_.Reset();
  heap_->memory().Forget();
  for (uint32_t i = 0; i < samples_.size(); ++i) {
    groups_->SetSample(i, samples_[i]);
    held_[i] = proof_.HoldsFunctions(samples_[i]) ? 1 : 0;
  }
  for (uint32_t i = 0; i < ends_held_.size(); ++i) {
    for (const FoundEnd& end : answers_->Found(i).ends)
      ends_held_[i].push_back(waits_.HoldsFunctions(end) ? 1 : 0);
  }
  proof_.Reset();
  heap_->memory().Forget();
  for (uint32_t i = 0; i < samples_.size(); ++i)
    held_[i] = held_[i] != 0 && proof_.HoldsPromises(samples_[i]) ? 1 : 0;
}

void GroupProofs::CheckWaits() {
  for (uint32_t i = 0; i < ends_held_.size(); ++i) CheckWait(i);
}

void GroupProofs::CheckWait(uint32_t group) {
  std::vector<uint8_t>& held = ends_held_[group];
  const bool awaits = graph_->functions()[samples_[group]].waits();
  for (uint32_t i = 0; i < held.size(); ++i) {
    const bool is_so = held_[group] != 0 && awaits && held[i] != 0 &&
                       waits_.Holds(answers_->Found(group).ends[i]) && answers_->TellAgain(group, i);
    held[i] = is_so ? 1 : 0;
  }
}

void GroupProofs::TellProved() {
  unsure_waits_ = 0;
  for (uint32_t i = 0; i < ends_held_.size(); ++i) {
    const std::vector<uint8_t>& held = ends_held_[i];
    const bool all_hold = !held.empty() && std::find(held.begin(), held.end(), 0) == held.end();
    unsure_waits_ += held_[i] != 0 && !all_hold ? 1 : 0;
    answers_->Drop(i, held);
  }
}

bool GroupProofs::HoldsOne(uint32_t function) {
  proof_.Reset();
  heap_->memory().Forget();
  if (!proof_.HoldsFunctions(function)) return false;
  proof_.Reset();
  heap_->memory().Forget();
  return proof_.HoldsPromises(function);
}

void GroupProofs::CheckOthers() {
  const bool all_hold = std::find(held_.begin(), held_.end(), 0) == held_.end();
  if (all_hold) return;
  if (others_.empty()) FindOthers();
  for (uint32_t i = 0; i < samples_.size(); ++i) {
    if (held_[i] != 0) continue;
    const size_t count = std::min(others_[i].seen, kMaxOthers);
    for (size_t other = 0; other < count && held_[i] == 0; ++other) {
      const uint32_t function = others_[i].functions[other];
      if (function == samples_[i] || !HoldsOne(function)) continue;
      held_[i] = 1;
      groups_->SetSample(i, function);
    }
  }
}

// A call that ended while the heap was read, and the next one of the same functions, may both have been
// found. So may both places of a function that V8 moved.
void GroupProofs::CountAgain() {
  OwnPages pages(&heap_->memory(), layout_, anchors_->heap);
  heap_->memory().Forget();
  for (uint32_t i = 0; i < samples_.size(); ++i) {
    const bool is_shown = AreAllOwn(*graph_, groups_->groups()[i].sample, &pages) && AreAllKnown(*groups_, i);
    held_[i] = held_[i] != 0 && is_shown ? 1 : 0;
  }
  counts_.clear();
  uint32_t left = kMostCountedInAll;
  std::vector<uint8_t> is_counted;
  for (uint32_t i = 0; i < samples_.size(); ++i) {
    const AsyncGroup& group = groups_->groups()[i];
    // To look for each in the object that holds many takes too long.
    const bool is_held = graph_->functions()[group.sample].suspended.kind == SuspendedKind::kHeldCallback;
    const bool fits = group.count > 1 && group.count <= std::min(kMostCounted, left) && !is_held;
    // The functions of a cycle all have callees, and never go on.
    is_counted.push_back(held_[i] != 0 && fits && !group.is_closed_cycle ? 1 : 0);
    if (is_counted.back() != 0) left -= group.count;
    counts_.push_back(is_counted.back() != 0 ? 0 : group.count);
  }
  if (std::find(is_counted.begin(), is_counted.end(), 1) == is_counted.end()) return;
  proof_.Reset();
  heap_->memory().Forget();
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    if (graph_->functions()[i].has_callee) continue;
    const uint32_t group = groups_->GroupOf(i);
    if (group < is_counted.size() && is_counted[group] != 0 && proof_.HoldsFunction(i) &&
        pages.Has(graph_->functions()[i].suspended.object))
      ++counts_[group];
  }
  // One was there a moment ago.
  for (uint32_t& count : counts_) count = std::max(count, 1u);
}

void GroupProofs::FindOthers() {
  others_.assign(samples_.size(), Others());
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    if (graph_->functions()[i].has_callee) continue;
    const uint32_t group = groups_->GroupOf(i);
    if (group >= others_.size()) continue;
    Others& others = others_[group];
    // The second half is a ring.
    constexpr size_t kHalf = kMaxOthers / 2;
    const size_t place = others.seen < kHalf ? others.seen : kHalf + (others.seen - kHalf) % kHalf;
    others.functions[place] = i;
    ++others.seen;
  }
}

}  // namespace gmr::vm

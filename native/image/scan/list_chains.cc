#include "list_chains.h"

#include <algorithm>

#include "../../base/clock.h"

namespace gmr::vm {

void ListChains::Reset() {
  for (Pass& pass : passes_) pass.map = Tagged();
}

bool ListChains::Collect(const HeapPages& pages, const PageTargets& targets, Tagged map, int32_t offset,
                         int64_t deadline_ns) {
  for (Pass& pass : passes_) {
    if (pass.map != map || pass.offset != offset) continue;
    current_ = &pass;
    return true;
  }
  current_ = &passes_[next_];
  next_ = (next_ + 1) % kPasses;
  current_->nodes.Truncate(0);
  current_->before.Clear();
  current_->also_before.Truncate(0);
  current_->offset = offset;
  PageTargets::Set wanted;
  targets.Add(map.bits(), &wanted);
  current_->map = map;
  for (uint32_t i = 0; i < pages.pages().size(); ++i) {
    if (!targets.MayPointInto(i, wanted)) continue;
    if (platform::MonotonicNs() > deadline_ns || !CollectPage(pages.pages()[i])) {
      current_->map = Tagged();
      return false;
    }
  }
  return true;
}

bool ListChains::CollectPage(const HeapPage& page) {
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  const uint64_t* words = page.is_inside_large ? nullptr : heap_->memory().OpenWindow(page.start, bytes);
  if (words == nullptr) return true;
  const size_t count = bytes / sizeof(uint64_t);
  const size_t next = static_cast<size_t>(current_->offset) / sizeof(uint64_t);
  for (size_t i = 0; i + next < count; ++i) {
    if (words[i] != current_->map.bits() || !Tagged(words[i + next]).IsObject()) continue;
    const auto number = static_cast<uint32_t>(current_->nodes.size());
    uint32_t present = number;
    if (!current_->nodes.Append(Tagged::At(page.start + i * sizeof(uint64_t)).bits()) ||
        !current_->also_before.Append(kNoIndex) ||
        !current_->before.Insert(words[i + next], number, &present))
      return false;
    if (present == number) continue;
    current_->also_before[number] = current_->also_before[present];
    current_->also_before[present] = number;
  }
  return true;
}

// Each node refers to one other, so none is reached twice, except for the first one of a circle.
bool ListChains::WalkBack(Tagged node, platform::MappedArray<uint64_t>* chain) {
  chain->Truncate(0);
  if (!chain->Append(node.bits())) return false;
  for (size_t i = 0; i < chain->size(); ++i) {
    const uint32_t* before = current_->before.Find((*chain)[i]);
    uint32_t at = before == nullptr ? kNoIndex : *before;
    for (; at != kNoIndex; at = current_->also_before[at]) {
      const uint64_t word = current_->nodes[at];
      if (word != node.bits() && (chain->size() == kMaxNodes || !chain->Append(word))) return false;
    }
  }
  return true;
}

}  // namespace gmr::vm

#include "list_chains.h"

#include <algorithm>

#include "../../base/clock.h"

namespace gmr::vm {

bool ListChains::Collect(const HeapPages& pages, const PageTargets& targets, Tagged map, int32_t offset,
                         int64_t deadline_ns) {
  if (map == map_ && offset == offset_) return true;
  map_ = Tagged();
  nodes_.Truncate(0);
  before_.Clear();
  offset_ = offset;
  PageTargets::Set wanted;
  targets.Add(map.bits(), &wanted);
  map_ = map;
  for (uint32_t i = 0; i < pages.pages().size(); ++i) {
    if (!targets.MayPointInto(i, wanted)) continue;
    if (platform::MonotonicNs() > deadline_ns || !CollectPage(pages.pages()[i])) {
      map_ = Tagged();
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
  const size_t next = static_cast<size_t>(offset_) / sizeof(uint64_t);
  for (size_t i = 0; i + next < count; ++i) {
    if (words[i] != map_.bits() || !Tagged(words[i + next]).IsObject()) continue;
    const auto number = static_cast<uint32_t>(nodes_.size());
    uint32_t present = number;
    if (!nodes_.Append(Tagged::At(page.start + i * sizeof(uint64_t)).bits()) ||
        !before_.Insert(words[i + next], number, &present))
      return false;
  }
  return true;
}

bool ListChains::WalkBack(Tagged node, platform::MappedArray<uint64_t>* chain) {
  chain->Truncate(0);
  uint64_t at = node.bits();
  while (chain->size() < kMaxNodes) {
    if (!chain->Append(at)) return false;
    const uint32_t* before = before_.Find(at);
    if (before == nullptr) return true;
    at = nodes_[*before];
    // A list that leads back to where it began.
    if (at == node.bits()) return true;
  }
  return false;
}

}  // namespace gmr::vm

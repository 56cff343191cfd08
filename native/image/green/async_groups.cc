#include "async_groups.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// A function on the path that is being walked; no chain has this index.
constexpr uint32_t kOnPath = kNoIndex - 1;

uint64_t KeyOf(const AsyncChain& chain) {
  uint64_t key = chain.place * 0x9e3779b97f4a7c15u;
  key = (key ^ chain.caller) * 0xc2b2ae3d27d4eb4fu;
  key = (key ^ key >> 31 ^ chain.via ^ (chain.in_cycle ? 256u : 0u)) * 0x9e3779b97f4a7c15u;
  return key == 0 ? 1 : key;
}

}  // namespace

bool AsyncGroups::Build(const AsyncGraph& graph, bool only_self_test) {
  only_self_test_ = only_self_test;
  const auto count = static_cast<uint32_t>(graph.functions().size());
  chains_.Truncate(0);
  groups_.Truncate(0);
  chain_table_.Clear();
  functions_ = threads_ = unknown_ = 0;
  if (count > 0 && !chain_of_.Assign(count, kNoIndex)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (graph.functions()[i].has_callee) continue;
    if (!AddChain(graph, i) || !AddToGroup(chain_of_[i], i, false)) return false;
  }
  // What no innermost function leads to waits for itself.
  for (uint32_t i = 0; i < count; ++i) {
    if (chain_of_[i] == kNoIndex && !AddCycle(graph, i)) return false;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const AsyncChain& chain = chains_[chain_of_[i]];
    if (chain.place == kNoIndex) {
      ++unknown_;
    } else if (!(*places_)[chain.place].is_own) {
      ++functions_;
    }
  }
  Sort();
  return !places_->full();
}

uint32_t AsyncGroups::Intern(const AsyncChain& chain) {
  const uint64_t key = KeyOf(chain);
  auto index = static_cast<uint32_t>(chains_.size());
  const uint32_t* known = chain_table_.Find(key);
  if (known != nullptr) return *known;
  if (!chains_.Append(chain) || !chain_table_.Insert(key, index, &index)) return kNoIndex;
  return index;
}

// The callback above a function that nobody awaits; kNoIndex: none.
uint32_t AsyncGroups::Outermost(const AsyncGraph& graph, const AsyncFunction& function) {
  if (function.callback == kNoIndex) return kNoIndex;
  AsyncChain chain;
  chain.place = places_->FindCallback(graph.CallbackAt(function.callback));
  return chain.place == kNoIndex ? kNoIndex : Intern(chain);
}

bool AsyncGroups::AddChain(const AsyncGraph& graph, uint32_t function) {
  path_.Truncate(0);
  uint32_t current = function;
  while (current != kNoIndex && chain_of_[current] == kNoIndex) {
    chain_of_[current] = kOnPath;
    if (!path_.Append(current)) return false;
    current = graph.functions()[current].caller;
  }
  // Where the path meets itself it is cut: the rest would be the same again.
  uint32_t caller = current == kNoIndex ? kNoIndex : chain_of_[current];
  if (caller == kOnPath) caller = kNoIndex;
  for (size_t i = path_.size(); i-- > 0;) {
    const AsyncFunction& next = graph.functions()[path_[i]];
    if (caller == kNoIndex) caller = Outermost(graph, next);
    AsyncChain chain;
    chain.place = places_->Find(next.suspended);
    chain.caller = caller;
    chain.via = next.via;
    chain.in_cycle = next.in_cycle;
    chain.is_own = (chain.place != kNoIndex && (*places_)[chain.place].is_own) ||
                   (caller != kNoIndex && chains_[caller].is_own);
    caller = Intern(chain);
    if (caller == kNoIndex) return false;
    chain_of_[path_[i]] = caller;
  }
  return true;
}

// One entry for each cycle, from the same function of it each time, so that
// equal cycles are counted together.
bool AsyncGroups::AddCycle(const AsyncGraph& graph, uint32_t function) {
  const auto& functions = graph.functions();
  path_.Truncate(0);
  uint32_t current = function;
  while (current != kNoIndex && chain_of_[current] == kNoIndex) {
    chain_of_[current] = kOnPath;
    if (!path_.Append(current)) return false;
    current = functions[current].caller;
  }
  const uint32_t* start = std::find(path_.begin(), path_.end(), current);
  uint32_t first = start == path_.end() ? function : *start;
  uint32_t first_place = places_->Find(functions[first].suspended);
  for (const uint32_t* i = start; i != path_.end(); ++i) {
    const uint32_t place = places_->Find(functions[*i].suspended);
    if (!places_->IsBefore(place, first_place)) continue;
    first_place = place;
    first = *i;
  }
  for (const uint32_t member : path_) chain_of_[member] = kNoIndex;
  return AddChain(graph, first) && AddToGroup(chain_of_[first], first, true) &&
         (chain_of_[function] != kNoIndex || AddChain(graph, function));
}

bool AsyncGroups::AddToGroup(uint32_t index, uint32_t function, bool is_closed_cycle) {
  AsyncChain& chain = chains_[index];
  if (chain.is_own != only_self_test_ || chain.place == kNoIndex) return true;
  ++threads_;
  if (chain.group != kNoIndex) {
    ++groups_[chain.group].count;
    return true;
  }
  chain.group = static_cast<uint32_t>(groups_.size());
  return groups_.Append({index, 1, function, is_closed_cycle});
}

void AsyncGroups::Sort() {
  std::sort(groups_.begin(), groups_.end(), [](const AsyncGroup& a, const AsyncGroup& b) {
    return a.count != b.count ? a.count > b.count : a.chain < b.chain;
  });
}

}  // namespace gmr::vm

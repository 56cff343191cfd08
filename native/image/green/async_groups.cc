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
  split_.Clear();
  shown_ = 0;
  functions_ = threads_ = callbacks_ = unknown_ = 0;
  if (count > 0 && !chain_of_.Assign(count, kNoIndex)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (graph.functions()[i].has_callee) continue;
    if (!AddChain(graph, i) || !AddToGroup(graph, i, false)) return false;
  }
  // What no innermost function leads to waits for itself.
  for (uint32_t i = 0; i < count; ++i) {
    if (chain_of_[i] == kNoIndex && !AddCycle(graph, i)) return false;
  }
  for (uint32_t i = 0; i < count; ++i) CountFunction(graph.functions()[i].suspended, chains_[chain_of_[i]]);
  Sort();
  return !places_->full();
}

void AsyncGroups::CountFunction(const SuspendedObject& suspended, const AsyncChain& chain) {
  if (chain.place == kNoIndex) {
    ++unknown_;
  } else if (!IsCallback(suspended.kind) && !(*places_)[chain.place].is_own) {
    ++functions_;
  }
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

AsyncChain AsyncGroups::ChainFor(const AsyncFunction& function, uint32_t caller) {
  AsyncChain chain;
  chain.place = places_->Find(function.suspended);
  chain.caller = caller;
  chain.via = function.via;
  chain.in_cycle = function.in_cycle;
  if (caller != kNoIndex) {
    chain.is_own = chains_[caller].is_own;
    chain.has_user_code = chains_[caller].has_user_code;
    chain.has_service_code = chains_[caller].has_service_code;
  }
  if (chain.place == kNoIndex) return chain;
  const AsyncPlace& place = (*places_)[chain.place];
  chain.is_own = chain.is_own || place.is_own;
  chain.has_user_code = chain.has_user_code || place.is_user_code;
  chain.has_service_code = chain.has_service_code || (place.is_user_code && !place.is_in_package);
  return chain;
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
    caller = Intern(ChainFor(next, caller));
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
  // A race may end otherwise.
  return AddChain(graph, first) && AddToGroup(graph, first, functions[first].in_cycle) &&
         (chain_of_[function] != kNoIndex || AddChain(graph, function));
}

// Callbacks that lead back to themselves may still be called: a race may end otherwise.
bool AsyncGroups::AddToGroup(const AsyncGraph& graph, uint32_t function, bool is_closed_cycle) {
  const uint32_t index = chain_of_[function];
  AsyncChain& chain = chains_[index];
  const bool is_callback = IsCallback(graph.functions()[function].suspended.kind);
  if (chain.is_own != only_self_test_ || chain.place == kNoIndex) return true;
  if (is_callback && (!chain.has_user_code || only_self_test_)) return true;
  ++threads_;
  callbacks_ += is_callback ? 1 : 0;
  if (chain.group != kNoIndex) {
    ++groups_[chain.group].count;
    return true;
  }
  chain.group = static_cast<uint32_t>(groups_.size());
  const GroupKind kind = !is_callback             ? GroupKind::kFunctions
                         : chain.has_service_code ? GroupKind::kCallbacks
                                                  : GroupKind::kPackageCallbacks;
  return groups_.Append({index, 1, function, is_closed_cycle && !is_callback, kind});
}

void AsyncGroups::Sort() {
  std::sort(groups_.begin(), groups_.end(), [](const AsyncGroup& a, const AsyncGroup& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.count != b.count ? a.count > b.count : a.chain < b.chain;
  });
  for (uint32_t i = 0; i < groups_.size(); ++i) Number(i);
}

uint32_t AsyncGroups::GroupOf(uint32_t function) const {
  const uint32_t* split = split_.Find(uint64_t{function} + 1);
  if (split != nullptr) return *split;
  const uint32_t chain = chain_of_[function];
  return chain == kNoIndex ? kNoIndex : chains_[chain].group;
}

uint32_t AsyncGroups::Split(uint32_t group, const std::vector<uint32_t>& functions) {
  const uint32_t part = shown_;
  if (functions.empty() || functions.size() >= groups_[group].count ||
      split_.size() + functions.size() > kMaxSplit ||
      !groups_.Append(groups_[part < groups_.size() ? part : group]))
    return kNoIndex;
  // The first one that is not shown makes room.
  if (part + 1 < groups_.size()) Number(static_cast<uint32_t>(groups_.size() - 1));
  groups_[part] = {groups_[group].chain, static_cast<uint32_t>(functions.size()), functions.front(), false,
                   groups_[group].kind};
  groups_[group].count -= groups_[part].count;
  for (const uint32_t function : functions) {
    uint32_t present = part;
    split_.Insert(uint64_t{function} + 1, part, &present);
  }
  ++shown_;
  return part;
}

}  // namespace gmr::vm

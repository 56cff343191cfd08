#include "resource_holders.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxResources = 64;
constexpr size_t kMaxClaims = 20'000;
// Steps from a function to what it awaits, or to its callers.
constexpr int kMaxSteps = 64;
constexpr uint32_t kPerLook = 64;

}  // namespace

void ResourceHolders::Reset(const WantedValues* wanted) {
  wanted_ = wanted;
  resources_.clear();
  claims_.clear();
  giving_back_.clear();
  has_method_.clear();
  tokens_.Clear();
  by_object_.Clear();
  has_releasers_ = false;
  own_.clear();
  own_by_end_.clear();
  own_lists_.clear();
  lock_calls_.clear();
  code_.Reset();
}

void ResourceHolders::Run(int64_t deadline_ns) {
  Reset(wanted_);
  Collect();
  if (resources_.empty() && own_lists_.empty()) return;
  for (uint32_t i = 0; i < resources_.size(); ++i) CollectTokens(i);
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > deadline_ns) return Reset(wanted_);
    if (groups_->ChainOf(i) == kNoIndex) continue;
    if (!resources_.empty()) Look(i);
    if (!own_lists_.empty()) LookAtLock(i);
  }
  for (uint32_t i = 0; i < graph_->edges().size() && !own_lists_.empty(); ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > deadline_ns) return Reset(wanted_);
    LookAtTask(graph_->edges()[i]);
  }
  // Some claims did not fit.
  if (claims_.size() == kMaxClaims) return Reset(wanted_);
  Decide();
}

void ResourceHolders::Collect() {
  for (uint32_t group = 0; group < answers_->groups(); ++group) {
    for (const WaitEnd& end : answers_->Reported(group).ends) {
      for (const Holder& holder : end.holders) AddResource(holder, end);
      for (const Holder& holder : end.owners) AddResource(holder, end);
      AddOwn(end, groups_->groups()[group].sample);
    }
  }
}

void ResourceHolders::AddResource(const Holder& holder, const WaitEnd& end) {
  if (wanted_ == nullptr || holder.known_as.empty() || !holder.object.IsObject() ||
      resources_.size() == kMaxResources)
    return;
  const WantedRow* row = wanted_->Find(holder.known_as);
  if (row == nullptr || !row->is_resource()) return;
  if (by_object_.Find(holder.object.bits()) != nullptr) return;
  Resource resource;
  resource.held.object = holder.object;
  resource.held.id = static_cast<uint32_t>(resources_.size());
  resource.row = row;
  resource.held.has_cancellers = !row->cancellers.empty();
  resource.held.file = holder.file;
  for (const Holder& owner : end.owners) resource.held.owner_files.push_back(owner.file);
  resource.is_scope = holder.kind == HolderKind::kScope;
  uint32_t present = resource.held.id;
  if (!by_object_.Insert(holder.object.bits(), resource.held.id, &present)) return;
  has_releasers_ = has_releasers_ || !row->releaser.empty();
  resources_.push_back(std::move(resource));
}

void ResourceHolders::CollectTokens(uint32_t index) {
  Resource& resource = resources_[index];
  if (resource.row->tokens.empty()) return;
  std::vector<Tagged> all;
  std::vector<Tagged> idle;
  for (const ValuePath& path : resource.row->tokens)
    values_.ReadAll(resource.held.object, resource.is_scope, path, &all);
  for (const ValuePath& path : resource.row->idle)
    values_.ReadAll(resource.held.object, resource.is_scope, path, &idle);
  resource.held.in_use = 0;
  for (const Tagged token : all) {
    if (std::find(idle.begin(), idle.end(), token) != idle.end()) continue;
    ++resource.held.in_use;
    uint32_t present = 0;
    tokens_.Insert(token.bits(), index, &present);
  }
}

void ResourceHolders::Add(Claim claim) {
  if (claims_.size() == kMaxClaims) return;
  claim.innermost = InnermostOf(claim.function);
  claims_.push_back(claim);
}

uint32_t ResourceHolders::AwaitedBy(uint32_t function) const {
  return ProducerOf(graph_->functions()[function].awaited);
}

// The suspended function whose result a promise has, or follows. If it follows several others, as that of
// Promise.race() does, an async function says most.
uint32_t ResourceHolders::ProducerOf(uint32_t promise) const {
  for (int i = 0; i < kMaxSteps && promise != kNoIndex; ++i) {
    const AsyncPromise& awaited = graph_->promises()[promise];
    if (awaited.producer != kNoIndex) return awaited.producer;
    uint32_t source = awaited.first_source;
    promise = source == kNoIndex ? kNoIndex : graph_->edges()[source].promise;
    for (int j = 0; j < kMaxSteps && source != kNoIndex; ++j) {
      const AsyncEdge& edge = graph_->edges()[source];
      const uint32_t producer = graph_->promises()[edge.promise].producer;
      if (producer != kNoIndex) return producer;
      source = edge.next_source;
    }
  }
  return kNoIndex;
}

uint32_t ResourceHolders::InnermostOf(uint32_t function) const {
  for (int i = 0; i < kMaxSteps; ++i) {
    const uint32_t next = AwaitedBy(function);
    if (next == kNoIndex || next == function) break;
    function = next;
  }
  return function;
}

bool ResourceHolders::IsCaller(uint32_t function, uint32_t of) const {
  for (int i = 0; i < kMaxSteps && of != kNoIndex; ++i) {
    if (of == function) return true;
    const uint32_t caller = graph_->functions()[of].caller;
    if (caller == of) break;
    of = caller;
  }
  return false;
}

bool ResourceHolders::WaitsFor(uint32_t innermost, Tagged object) const {
  const uint32_t group = groups_->GroupOf(innermost);
  if (group >= answers_->groups()) return false;
  const auto is_it = [&](const Holder& holder) { return holder.object == object; };
  const std::vector<WaitEnd>& ends = answers_->Reported(group).ends;
  return std::any_of(ends.begin(), ends.end(), [&](const WaitEnd& end) {
    return std::any_of(end.holders.begin(), end.holders.end(), is_it) ||
           std::any_of(end.owners.begin(), end.owners.end(), is_it);
  });
}

// If several functions claim the same thing, it belongs to the outermost of a chain of callers, or to none if
// they are not in one chain.
void ResourceHolders::Decide() {
  std::stable_sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
    if (a.is_own != b.is_own) return b.is_own;
    return a.resource != b.resource ? a.resource < b.resource : a.token.bits() < b.token.bits();
  });
  for (size_t begin = 0; begin < claims_.size();) {
    size_t end = begin;
    const Claim* best = nullptr;
    bool is_unclear = false;
    for (; end < claims_.size() && claims_[end].resource == claims_[begin].resource &&
           claims_[end].is_own == claims_[begin].is_own && claims_[end].token == claims_[begin].token;
         ++end) {
      const Claim& claim = claims_[end];
      if (IsStale(claim)) continue;
      if (best == nullptr || IsCaller(claim.function, best->function)) {
        best = &claim;
      } else if (!IsCaller(best->function, claim.function)) {
        is_unclear = true;
      }
    }
    if (best != nullptr && !is_unclear) Tell(*best);
    begin = end;
  }
}

void ResourceHolders::Tell(const Claim& claim) {
  if (claim.by_releaser && GivingBackOf(claim.function).is_shared)
    resources_[claim.resource].held.is_shared = true;
  std::vector<HolderGroup>& holders =
      claim.is_own ? own_[claim.resource].holders : resources_[claim.resource].held.holders;
  const uint32_t chain = groups_->ChainOf(claim.function);
  const uint32_t innermost = groups_->ChainOf(claim.innermost);
  const uint32_t group = groups_->GroupOf(claim.innermost);
  for (HolderGroup& known : holders) {
    if (groups_->ChainOf(known.function) != chain || groups_->ChainOf(known.innermost) != innermost ||
        groups_->GroupOf(known.innermost) != group)
      continue;
    ++known.count;
    return;
  }
  holders.push_back({claim.function, claim.innermost, 1});
}

bool ResourceHolders::has_cancellers() const {
  return std::any_of(resources_.begin(), resources_.end(),
                     [](const Resource& resource) { return resource.held.has_cancellers; });
}

const HeldResource* ResourceHolders::Find(Tagged resource) const {
  const uint32_t* found = by_object_.Find(resource.bits());
  return found == nullptr ? nullptr : &resources_[*found].held;
}

}  // namespace gmr::vm

#include "resource_holders.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxResources = 64;
constexpr size_t kMaxClaims = 20'000;
constexpr int32_t kMaxRegisters = 256;
constexpr int kMaxScopes = 4;
constexpr int32_t kMaxSlots = 64;
// Steps from a function to what it awaits, or to its callers.
constexpr int kMaxSteps = 64;
constexpr uint32_t kPerLook = 64;

}  // namespace

void ResourceHolders::Reset(const WantedValues* wanted) {
  wanted_ = wanted;
  resources_.clear();
  claims_.clear();
  may_have_.clear();
  tokens_.Clear();
}

void ResourceHolders::Run(int64_t deadline_ns) {
  Reset(wanted_);
  if (wanted_ == nullptr) return;
  Collect();
  if (resources_.empty()) return;
  group_of_chain_.assign(groups_->chains().size(), kNoIndex);
  for (uint32_t i = 0; i < groups_->groups().size(); ++i) group_of_chain_[groups_->groups()[i].chain] = i;
  for (uint32_t i = 0; i < resources_.size(); ++i) CollectTokens(i);
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > deadline_ns) return Reset(wanted_);
    if (groups_->ChainOf(i) != kNoIndex) Look(i);
  }
  // Some claims did not fit.
  if (claims_.size() == kMaxClaims) return Reset(wanted_);
  Decide();
}

void ResourceHolders::Collect() {
  for (uint32_t group = 0; group < answers_->groups(); ++group) {
    for (const WaitEnd& end : answers_->Reported(group).ends) {
      for (const Holder& holder : end.holders) AddResource(holder);
      for (const Holder& holder : end.owners) AddResource(holder);
    }
  }
}

void ResourceHolders::AddResource(const Holder& holder) {
  if (holder.known_as.empty() || !holder.object.IsObject() || resources_.size() == kMaxResources) return;
  const WantedRow* row = wanted_->Find(holder.known_as);
  if (row == nullptr || !row->is_resource()) return;
  const bool is_known = std::any_of(resources_.begin(), resources_.end(), [&](const Resource& other) {
    return other.held.object == holder.object;
  });
  if (is_known) return;
  Resource resource;
  resource.held.object = holder.object;
  resource.held.id = static_cast<uint32_t>(resources_.size());
  resource.row = row;
  resource.is_scope = holder.kind == HolderKind::kScope;
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

void ResourceHolders::Look(uint32_t function) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  Tagged object = suspended.object;
  Tagged registers;
  LookAtMethod(function);
  // A function that a compiler turned into a plain object keeps its variables elsewhere.
  if (suspended.kind == SuspendedKind::kDrivenGenerator && !heap_->Is(&object, layout_->type_generator))
    return;
  LookAtScopes(function);
  if (layout_->generator_registers < 0 ||
      !heap_->Load(suspended.object, layout_->generator_registers, &registers) || !registers.IsObject())
    return;
  const int32_t count = std::min(heap_->LengthOf(registers), kMaxRegisters);
  for (int32_t i = 0; i < count; ++i) {
    Tagged word;
    if (!heap_->LoadElement(registers, i, &word)) return;
    if (word.IsObject()) LookAtWord(function, word);
  }
}

// Variables that closures use too are in contexts of this call.
void ResourceHolders::LookAtScopes(uint32_t function) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  Tagged context;
  Tagged outer;
  if (!heap_->Load(suspended.object, layout_->generator_context, &context) ||
      !heap_->Load(suspended.function, layout_->function_context, &outer))
    return;
  for (int i = 0; i < kMaxScopes && context.IsObject() && context != outer; ++i) {
    Scope scope;
    if (!search_->scopes().Read(context, &scope)) return;
    const int32_t count = std::min(heap_->LengthOf(context), kMaxSlots);
    for (int32_t slot = 0; slot < count; ++slot) {
      Tagged word;
      const int32_t offset = layout_->context_slots + 8 * slot;
      if (offset != layout_->context_previous && search_->scopes().LoadSlot(context, offset, &word) &&
          word.IsObject())
        LookAtWord(function, word);
    }
    if (!heap_->Load(context, layout_->context_previous, &context)) return;
  }
}

void ResourceHolders::LookAtWord(uint32_t function, Tagged word) {
  const uint32_t* resource = tokens_.Find(word.bits());
  if (resource != nullptr) {
    Add(*resource, word, function, false);
  } else if (heap_->IsFunction(&word)) {
    LookAtReleaser(function, word);
  } else if (wanted_->has_wrappers() && heap_->TypeOf(&word) >= heap_->layout().type_first_receiver) {
    LookAtWrapper(function, word);
  }
}

void ResourceHolders::LookAtReleaser(uint32_t function, Tagged closure) {
  Tagged context;
  for (uint32_t i = 0; i < resources_.size(); ++i) {
    Tagged used;
    int32_t kind = -1;
    if (resources_[i].row->releaser.empty()) continue;
    if (!context.IsObject() && !heap_->Load(closure, layout_->function_context, &context)) return;
    bool is_of_it = false;
    const int32_t count = std::min(heap_->LengthOf(context), kMaxSlots);
    for (int32_t slot = 0; slot < count && !is_of_it; ++slot) {
      Tagged word;
      is_of_it = search_->scopes().LoadSlot(context, layout_->context_slots + 8 * slot, &word) &&
                 word == resources_[i].held.object;
    }
    if (!is_of_it || !search_->scopes().Variable(context, resources_[i].row->releaser, &used) ||
        !heap_->Is(&used, layout_->type_oddball) || !heap_->LoadSmi(used, layout_->oddball_kind, &kind) ||
        kind != layout_->oddball_false)
      continue;
    Add(i, context, function, true);
  }
}

void ResourceHolders::LookAtWrapper(uint32_t function, Tagged object) {
  const WantedRow* row = nullptr;
  classes_.AnyClass(object, [&](const char* name) {
    row = wanted_->Find(name);
    return row != nullptr;
  });
  if (row == nullptr) return;
  std::vector<Tagged> inner;
  for (const ValuePath& path : row->wrapped) values_.ReadAll(object, false, path, &inner);
  for (const Tagged token : inner) {
    const uint32_t* resource = tokens_.Find(token.bits());
    if (resource != nullptr) Add(*resource, token, function, false);
  }
}

void ResourceHolders::LookAtMethod(uint32_t function) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  // A method has a thing while it awaits a function that was passed to it.
  if (AwaitedBy(function) == kNoIndex) return;
  const Tagged receiver = ReceiverOf(suspended);
  for (uint32_t i = 0; i < resources_.size(); ++i) {
    const Resource& resource = resources_[i];
    Tagged context;
    const bool is_method = resource.row->by_methods && receiver == resource.held.object;
    const bool is_closure = resource.row->by_closures && resource.is_scope &&
                            heap_->Load(suspended.function, layout_->function_context, &context) &&
                            context == resource.held.object;
    if (is_method || is_closure || IsArrowOf(function, resource)) Add(i, suspended.object, function, true);
  }
}

// For an async function that TypeScript compiled to ES5, the receiver is a variable of the helper.
Tagged ResourceHolders::ReceiverOf(const SuspendedObject& suspended) {
  Tagged step;
  if (suspended.receiver.IsObject() || suspended.kind != SuspendedKind::kDrivenGenerator ||
      !ReadOwnProperty(*heap_, *strings_, suspended.object, "next", &step) || !heap_->IsFunction(&step))
    return suspended.receiver;
  return VariableAround(step, "thisArg");
}

// `this` of an arrow function is a variable of the method around it.
bool ResourceHolders::IsArrowOf(uint32_t function, const Resource& resource) {
  const std::string& name = resource.row->arrow;
  if (name.empty()) return false;
  const uint32_t place = groups_->chains()[groups_->ChainOf(function)].place;
  return place != kNoIndex && (*places_)[place].name == name &&
         VariableAround(graph_->functions()[function].suspended.function, "this") == resource.held.object;
}

// The variable of this name that a function sees, in the nearest scopes. 0: none.
Tagged ResourceHolders::VariableAround(Tagged function, const char* name) {
  Tagged context;
  Tagged value;
  if (!heap_->Load(function, layout_->function_context, &context)) return {};
  for (int i = 0; i < kMaxScopes; ++i) {
    Scope scope;
    if (!search_->scopes().Read(context, &scope) || scope.is_top_level) return {};
    if (search_->scopes().Variable(context, name, &value)) return value;
    if (!heap_->Load(context, layout_->context_previous, &context)) return {};
  }
  return {};
}

void ResourceHolders::Add(uint32_t resource, Tagged token, uint32_t function, bool is_certain) {
  if (claims_.size() == kMaxClaims) return;
  claims_.push_back({resource, token, function, InnermostOf(function), is_certain});
}

// If a promise follows several others, as that of Promise.race() does, an async function says most.
uint32_t ResourceHolders::AwaitedBy(uint32_t function) const {
  uint32_t promise = graph_->functions()[function].awaited;
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

uint32_t ResourceHolders::GroupOf(uint32_t innermost) const {
  const uint32_t chain = groups_->ChainOf(innermost);
  return chain < group_of_chain_.size() ? group_of_chain_[chain] : kNoIndex;
}

bool ResourceHolders::WaitsFor(uint32_t innermost, Tagged object) const {
  const uint32_t group = GroupOf(innermost);
  if (group == kNoIndex || group >= answers_->groups()) return false;
  const auto is_it = [&](const Holder& holder) { return holder.object == object; };
  const std::vector<WaitEnd>& ends = answers_->Reported(group).ends;
  return std::any_of(ends.begin(), ends.end(), [&](const WaitEnd& end) {
    return std::any_of(end.holders.begin(), end.holders.end(), is_it) ||
           std::any_of(end.owners.begin(), end.owners.end(), is_it);
  });
}

bool ResourceHolders::IsStale(const Claim& claim) {
  if (claim.is_certain) return false;
  // The search looked at only one function of each group.
  const uint32_t group = GroupOf(claim.innermost);
  if (group != kNoIndex && groups_->groups()[group].sample == claim.innermost &&
      WaitsFor(claim.innermost, claim.token))
    return false;
  return !MayStillHave(claim.function);
}

bool ResourceHolders::MayStillHave(uint32_t function) {
  const uint32_t place = groups_->chains()[groups_->ChainOf(function)].place;
  if (place == kNoIndex) return false;
  const auto known = may_have_.find(place);
  if (known != may_have_.end()) return known->second;
  const CodePlace& at = (*places_)[place].at;
  const bool may_have =
      at.offset >= 0 && !(*places_)[place].is_function_line &&
      search_->uses().MayStillHave(graph_->functions()[function].suspended.function, at.offset);
  may_have_.emplace(place, may_have);
  return may_have;
}

// If several functions claim the same thing, it belongs to the outermost of a chain of callers, or to none if
// they are not in one chain.
void ResourceHolders::Decide() {
  std::stable_sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
    return a.resource != b.resource ? a.resource < b.resource : a.token.bits() < b.token.bits();
  });
  for (size_t begin = 0; begin < claims_.size();) {
    size_t end = begin;
    const Claim* best = nullptr;
    bool is_unclear = false;
    for (; end < claims_.size() && claims_[end].resource == claims_[begin].resource &&
           claims_[end].token == claims_[begin].token;
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
  std::vector<HolderGroup>& holders = resources_[claim.resource].held.holders;
  const uint32_t chain = groups_->ChainOf(claim.function);
  const uint32_t innermost = groups_->ChainOf(claim.innermost);
  for (HolderGroup& known : holders) {
    if (groups_->ChainOf(known.function) != chain || groups_->ChainOf(known.innermost) != innermost) continue;
    ++known.count;
    return;
  }
  holders.push_back({claim.function, claim.innermost, 1});
}

const HeldResource* ResourceHolders::Find(Tagged resource) const {
  const auto found = std::find_if(resources_.begin(), resources_.end(),
                                  [&](const Resource& other) { return other.held.object == resource; });
  return found == resources_.end() ? nullptr : &found->held;
}

}  // namespace gmr::vm

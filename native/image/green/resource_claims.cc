// Which functions have something of a resource: the part of ResourceHolders that reads their variables.

#include <algorithm>

#include "../objects/own_name.h"
#include "resource_holders.h"

namespace gmr::vm {

namespace {

constexpr int32_t kMaxRegisters = 256;
constexpr int kMaxScopes = 4;
constexpr int32_t kMaxSlots = 64;
constexpr int kMaxPrototypes = 6;

}  // namespace

void ResourceHolders::Look(uint32_t function) {
  // A function that has not been called has no variables.
  if (IsCallback(graph_->functions()[function].suspended.kind)) return;
  LookAtMethod(function);
  ForEachVariable(function, [&](Tagged word) { LookAtWord(function, word); });
}

void ResourceHolders::ForEachVariable(uint32_t function, const std::function<void(Tagged)>& visit) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  Tagged object = suspended.object;
  Tagged registers;
  // A function that a compiler turned into a plain object keeps its variables elsewhere.
  if (suspended.kind == SuspendedKind::kDrivenGenerator && !heap_->Is(&object, layout_->type_generator))
    return;
  ForEachInScopes(suspended, visit);
  if (layout_->generator_registers < 0 ||
      !heap_->Load(suspended.object, layout_->generator_registers, &registers) || !registers.IsObject())
    return;
  const int32_t count = std::min(heap_->LengthOf(registers), kMaxRegisters);
  for (int32_t i = 0; i < count; ++i) {
    Tagged word;
    if (!heap_->LoadElement(registers, i, &word)) return;
    if (word.IsObject()) visit(word);
  }
}

// Variables that closures use too are in contexts of this call.
void ResourceHolders::ForEachInScopes(const SuspendedObject& suspended,
                                      const std::function<void(Tagged)>& visit) {
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
        visit(word);
    }
    if (!heap_->Load(context, layout_->context_previous, &context)) return;
  }
}

void ResourceHolders::LookAtWord(uint32_t function, Tagged word) {
  const uint32_t* resource = tokens_.Find(word.bits());
  if (resource != nullptr) {
    Add({*resource, word, word, function});
  } else if (heap_->IsFunction(&word)) {
    LookAtReleaser(function, word);
  } else if (wanted_->has_wrappers() && heap_->TypeOf(&word) >= heap_->layout().type_first_receiver) {
    LookAtWrapper(function, word);
  }
}

// The function that releases a lock sees the lock in one of the first variables of its scope.
void ResourceHolders::LookAtReleaser(uint32_t function, Tagged closure) {
  Tagged context;
  if (!has_releasers_ || !heap_->Load(closure, layout_->function_context, &context)) return;
  const int32_t count = std::min(heap_->LengthOf(context), kMaxSlots);
  for (int32_t slot = 0; slot < count; ++slot) {
    Tagged word;
    Tagged used;
    int32_t kind = -1;
    if (!search_->scopes().LoadSlot(context, layout_->context_slots + 8 * slot, &word)) continue;
    const uint32_t* found = by_object_.Find(word.bits());
    if (found == nullptr || resources_[*found].row->releaser.empty()) continue;
    if (!search_->scopes().Variable(context, resources_[*found].row->releaser, &used) ||
        !heap_->Is(&used, layout_->type_oddball) || !heap_->LoadSmi(used, layout_->oddball_kind, &kind) ||
        kind != layout_->oddball_false)
      continue;
    return Add({.resource = *found, .token = context, .function = function, .by_releaser = true});
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
    if (resource != nullptr) Add({*resource, token, object, function});
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
    if (is_method || is_closure || IsArrowOf(function, resource))
      Add({.resource = i, .token = suspended.object, .function = function, .is_certain = true});
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

bool ResourceHolders::IsStale(const Claim& claim) {
  if (claim.is_certain) return false;
  if (claim.by_releaser) return GivingBackOf(claim.function).gives_away;
  // The search looked at only one function of each group.
  const uint32_t group = groups_->GroupOf(claim.innermost);
  if (group < groups_->shown() && groups_->groups()[group].sample == claim.innermost &&
      WaitsFor(claim.innermost, claim.token))
    return false;
  const GivingBack& giving_back = GivingBackOf(claim.function);
  if (giving_back.by_argument) return false;
  return !std::any_of(giving_back.methods.begin(), giving_back.methods.end(),
                      [&](const GivingBack::Method& method) {
                        return HasMethod(claim.variable, method.name) &&
                               CountWith(claim.function, method.name) <= method.variables;
                      });
}

const GivingBack& ResourceHolders::GivingBackOf(uint32_t function) {
  const uint32_t place = groups_->chains()[groups_->ChainOf(function)].place;
  const auto [found, is_new] = giving_back_.try_emplace(place);
  if (!is_new || place == kNoIndex) return found->second;
  const CodePlace& at = (*places_)[place].at;
  if (at.offset >= 0 && !(*places_)[place].is_function_line)
    found->second =
        search_->uses().FindGivingBack(graph_->functions()[function].suspended.function, at.offset);
  return found->second;
}

// The number of different objects in variables of a function that may be meant where it calls this method.
size_t ResourceHolders::CountWith(uint32_t function, const std::string& method) {
  std::vector<Tagged> found;
  ForEachVariable(function, [&](Tagged word) {
    const bool is_resource = by_object_.Find(word.bits()) != nullptr;
    const bool is_known = std::find(found.begin(), found.end(), word) != found.end();
    if (!is_resource && !is_known && HasMethod(word, method)) found.push_back(word);
  });
  return found.size();
}

// Objects with the same map have the same properties, and the same prototype.
bool ResourceHolders::HasMethod(Tagged object, const std::string& name) {
  Tagged map;
  if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver || !heap_->MapOf(object, &map))
    return false;
  const auto [found, is_new] = has_method_.try_emplace({map.bits(), name}, false);
  for (int i = 0; is_new && i < kMaxPrototypes; ++i) {
    Tagged value;
    if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver) break;
    found->second = ReadOwnProperty(*heap_, *strings_, object, name, &value);
    if (found->second || !heap_->MapOf(object, &map) ||
        !heap_->Load(map, heap_->layout().map_prototype, &object))
      break;
  }
  return found->second;
}

}  // namespace gmr::vm

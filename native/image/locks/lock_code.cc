#include "lock_code.h"

#include <algorithm>

#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr int kMaxPrototypes = 4;
constexpr int kMaxScopes = 6;
// `release()` calls `next()`, which calls `grant()`.
constexpr int kMaxHelpers = 2;

bool IsNameOf(const LockList& list, const TurnName& name) {
  return name.is_property != list.is_variable && name.name == list.name;
}

}  // namespace

Tagged LockCode::PropertyOf(Tagged object, const std::string& name) const {
  Tagged value;
  if (!object.IsObject() || heap_->TypeOf(&object) < heap_->layout().type_first_receiver) return {};
  return ReadOwnProperty(*heap_, *strings_, object, name, &value) ? value : Tagged();
}

Tagged LockCode::MethodOf(Tagged object, const std::string& name) const {
  Tagged map;
  for (int i = 0; i < kMaxPrototypes; ++i) {
    const Tagged found = PropertyOf(object, name);
    if (found.IsObject()) {
      Tagged function = found;
      return heap_->IsFunction(&function) ? function : Tagged();
    }
    if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver || !heap_->MapOf(object, &map) ||
        !heap_->Load(map, heap_->layout().map_prototype, &object))
      return {};
  }
  return {};
}

Tagged LockCode::VariableOf(Tagged context, const std::string& name) const {
  Tagged value;
  for (int i = 0; i < kMaxScopes && context.IsObject(); ++i) {
    if (scopes_->Variable(context, name, &value)) return value;
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return {};
}

std::vector<Tagged> LockCode::ScopesOf(Tagged function) const {
  std::vector<Tagged> scopes;
  Tagged context;
  Scope scope;
  if (!heap_->IsFunction(&function) || !heap_->Load(function, layout_->function_context, &context)) return {};
  while (scopes.size() < kMaxScopes && context.IsObject() && scopes_->Read(context, &scope)) {
    scopes.push_back(context);
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return scopes;
}

Tagged LockCode::OuterVariable(Tagged function, const std::string& name) const {
  Tagged context;
  if (!heap_->IsFunction(&function) || !heap_->Load(function, layout_->function_context, &context)) return {};
  // Private methods are variables of the class's scope, and no function can have one of its own.
  if (!name.starts_with('#') && uses_->Mentions(function, name.c_str()) != Mention::kYes) return {};
  return VariableOf(context, name);
}

// Whether the function can mean this list by its name. Whose property it means is not known here.
bool LockCode::Sees(Tagged function, const LockList& list) const {
  if (!list.is_variable) return true;
  if (uses_->Mentions(function, list.name.c_str()) != Mention::kYes) return false;
  Tagged value;
  for (const Tagged scope : ScopesOf(function)) {
    if (scope == list.owner) return true;
    // An inner variable has the same name.
    if (scopes_->Variable(scope, list.name, &value)) return false;
  }
  return false;
}

const TurnCalls& LockCode::TurnsOf(Tagged function, int32_t offset) {
  const auto [found, is_new] = turns_.try_emplace({function.bits(), offset});
  if (is_new) found->second = uses_->FindTurnCalls(function, offset);
  return found->second;
}

// 0: not known.
Tagged LockCode::Called(const TurnName& call, Tagged receiver, Tagged function) const {
  if (call.is_property && !call.name.starts_with('#')) return MethodOf(receiver, call.name);
  return OuterVariable(function, call.name);
}

bool LockCode::Mentions(const LockList& list, Tagged receiver, Tagged function, int depth) {
  if (!function.IsObject() || !heap_->IsFunction(&function)) return false;
  const bool is_mentioned = list.is_variable
                                ? Sees(function, list)
                                : uses_->MentionsProperty(function, list.name.c_str()) == Mention::kYes;
  if (is_mentioned) return true;
  if (depth == kMaxHelpers) return false;
  const std::vector<TurnName> calls = TurnsOf(function, -1).calls;
  return std::any_of(calls.begin(), calls.end(), [&](const TurnName& call) {
    const bool may_have = call.is_property || list.is_variable;
    return may_have && Mentions(list, receiver, Called(call, receiver, function), depth + 1);
  });
}

bool LockCode::Handles(const LockList& list, Tagged receiver, Tagged function, int32_t offset) {
  const std::vector<TurnName> handled = TurnsOf(function, offset).handled;
  const bool has_one =
      std::any_of(handled.begin(), handled.end(), [&](const TurnName& each) { return IsNameOf(list, each); });
  return has_one && Sees(function, list) &&
         TakesNext(list, receiver, function, offset, Which::kRepeatedToo, 0);
}

bool LockCode::Takes(const LockList& list, Tagged receiver, Tagged function, int32_t offset, int depth) {
  return TakesNext(list, receiver, function, offset, Which::kBehind, depth);
}

bool LockCode::TakesNext(const LockList& list, Tagged receiver, Tagged function, int32_t offset, Which which,
                         int depth) {
  if (!function.IsObject() || !heap_->IsFunction(&function)) return false;
  const TurnCalls turns = TurnsOf(function, offset);
  const auto is_done = [&](const TurnName& each) {
    return (!each.is_repeated || which == Which::kRepeatedToo) && each.IsDoneFor(list.name);
  };
  const bool takes = std::any_of(turns.lists.begin(), turns.lists.end(),
                                 [&](const TurnName& each) { return is_done(each) && IsNameOf(list, each); });
  if (takes && Sees(function, list)) return true;
  if (depth == kMaxHelpers) return false;
  return std::any_of(turns.calls.begin(), turns.calls.end(), [&](const TurnName& call) {
    const bool may_have = call.is_property || list.is_variable;
    return may_have && is_done(call) &&
           Takes(list, receiver, Called(call, receiver, function), -1, depth + 1);
  });
}

bool LockCode::Frees(const LockList& list, Tagged receiver, Tagged function, int depth) {
  if (!function.IsObject() || !heap_->IsFunction(&function)) return false;
  const TurnCalls turns = TurnsOf(function, -1);
  if (turns.frees) return true;
  if (depth == kMaxHelpers) return false;
  return std::any_of(turns.calls.begin(), turns.calls.end(), [&](const TurnName& call) {
    const Tagged called = Called(call, receiver, function);
    return Takes(list, receiver, called, -1, depth + 1) && Frees(list, receiver, called, depth + 1);
  });
}

}  // namespace gmr::vm

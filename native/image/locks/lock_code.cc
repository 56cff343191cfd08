#include "lock_code.h"

#include <algorithm>

#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr int kMaxPrototypes = 4;
constexpr int kMaxScopes = 6;
// `release()` calls `next()`, which calls `grant()`.
constexpr int kMaxHelpers = 2;

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

bool LockCode::Has(const std::vector<TurnName>& names, const LockList& list) {
  return std::any_of(names.begin(), names.end(), [&](const TurnName& each) {
    return each.is_property != list.is_variable && each.name == list.name;
  });
}

// Of a property: it may see it.
bool LockCode::Sees(Tagged function, const LockList& list) const {
  if (!list.is_variable) return true;
  const std::vector<Tagged> scopes = ScopesOf(function);
  return std::find(scopes.begin(), scopes.end(), list.owner) != scopes.end();
}

const TurnCalls& LockCode::TurnsOf(Tagged function, int32_t offset) {
  const auto [found, is_new] = turns_.try_emplace({function.bits(), offset});
  if (is_new) found->second = uses_->FindTurnCalls(function, offset);
  return found->second;
}

// Private methods are variables of the class's scope. 0: not known.
Tagged LockCode::Called(const TurnName& call, Tagged receiver, Tagged function) const {
  if (call.is_property && !call.name.starts_with('#')) return MethodOf(receiver, call.name);
  Tagged context;
  if (!heap_->Load(function, layout_->function_context, &context)) return {};
  return VariableOf(context, call.name);
}

bool LockCode::Mentions(const LockList& list, Tagged receiver, Tagged function, int depth) {
  if (!function.IsObject() || !heap_->IsFunction(&function)) return false;
  const char* const name = list.name.c_str();
  const Mention mention = !list.is_variable      ? uses_->MentionsProperty(function, name)
                          : Sees(function, list) ? uses_->Mentions(function, name)
                                                 : Mention::kNo;
  if (mention == Mention::kYes) return true;
  if (depth == kMaxHelpers) return false;
  const std::vector<TurnName> calls = TurnsOf(function, -1).calls;
  return std::any_of(calls.begin(), calls.end(), [&](const TurnName& call) {
    const bool may_have = call.is_property || list.is_variable;
    return may_have && Mentions(list, receiver, Called(call, receiver, function), depth + 1);
  });
}

bool LockCode::Handles(const LockList& list, Tagged function, int32_t offset) {
  return Has(TurnsOf(function, offset).handled, list) && Sees(function, list);
}

bool LockCode::Takes(const LockList& list, Tagged receiver, Tagged function, int32_t offset, int depth) {
  if (!function.IsObject() || !heap_->IsFunction(&function)) return false;
  const TurnCalls turns = TurnsOf(function, offset);
  if (Has(turns.lists, list) && Sees(function, list)) return true;
  if (depth == kMaxHelpers) return false;
  return std::any_of(turns.calls.begin(), turns.calls.end(), [&](const TurnName& call) {
    const bool may_have = call.is_property || list.is_variable;
    return may_have && Takes(list, receiver, Called(call, receiver, function), -1, depth + 1);
  });
}

}  // namespace gmr::vm

// Finds the holders of locks that are implemented in the program itself: the part of ResourceHolders that
// reads source code.
//
// A wait ends in a property of an object: `queue` of a mutex. A function is said to hold that mutex if it
// awaited a method of it that mentions `queue` before the place where it waits, the same method as those who
// are in it, and is still to call another one that mentions it and gives back by its name
// (text/lock_calls.h), or a function that it was handed out and that mentions it. What a method calls on its
// `this` belongs to it.

#include <algorithm>

#include "../objects/bound_function.h"
#include "../objects/own_name.h"
#include "../objects/shared_function.h"
#include "resource_holders.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxOwn = 256;
constexpr int kMaxScopes = 6;
constexpr int kMaxPrototypes = 4;
constexpr int kMaxCallers = 16;
constexpr size_t kMaxWaiters = 8;
// `release()` calls `next()`, which calls `grant()`.
constexpr int kMaxHelpers = 2;
// Behind those of known resources, which are fewer.
constexpr uint32_t kFirstId = 1000;

// The object that a wait ends in; nullptr: it ends in none, or nobody can hold it.
const Holder* EndOf(const WaitEnd& end) {
  if (end.holders.empty() || end.effect == WaitEffect::kRejects) return nullptr;
  const Holder* last = &end.holders.back();
  const bool is_variable = last->kind == HolderKind::kScope || last->kind == HolderKind::kGlobal;
  if (is_variable && end.holders.size() < 2) return nullptr;
  if (is_variable) last = &end.holders[end.holders.size() - 2];
  const bool is_object = last->kind == HolderKind::kObject || last->kind == HolderKind::kCollection ||
                         last->kind == HolderKind::kPlain || last->kind == HolderKind::kRequest;
  return is_object && last->object.IsObject() ? last : nullptr;
}

bool IsOfProgram(const Holder& holder) {
  return !holder.file.starts_with("node:") && holder.file.find("/node_modules/") == std::string::npos;
}

}  // namespace

void ResourceHolders::AddOwn(const WaitEnd& end, uint32_t waiter) {
  const Holder* last = EndOf(end);
  if (last == nullptr || own_.size() == kMaxOwn) return;
  // Classes of the program may have the name of one that is known.
  if (by_object_.Find(last->object.bits()) != nullptr && !IsOfProgram(*last)) return;
  const auto [known, is_new] =
      own_by_end_.try_emplace(last->object.bits(), static_cast<uint32_t>(own_.size()));
  if (is_new) {
    HeldResource own;
    own.object = last->object;
    own.id = kFirstId + known->second;
    own.is_own = true;
    own_.push_back(std::move(own));
  }
  // From the object that the waiters are in outwards.
  for (const Holder& holder : end.holders) {
    const bool is_object = holder.kind == HolderKind::kObject || holder.kind == HolderKind::kPlain;
    if (!is_object || holder.member.empty() || !holder.object.IsObject() || !IsOfProgram(holder)) continue;
    std::vector<OwnObject>& objects = own_objects_[holder.object.bits()];
    const auto is_same = [&, resource = known->second](const OwnObject& other) {
      return other.resource == resource && other.member == holder.member;
    };
    auto own = std::find_if(objects.begin(), objects.end(), is_same);
    if (own == objects.end()) own = objects.insert(own, {known->second, holder.member, {}});
    if (own->waiters.size() < kMaxWaiters) own->waiters.push_back(waiter);
  }
}

const HeldResource* ResourceHolders::FindOwn(const Holder& end) const {
  const auto found = own_by_end_.find(end.object.bits());
  return found == own_by_end_.end() ? nullptr : &own_[found->second];
}

// The place in the service's own code where a function waits; nullptr: it is not known.
const CodePlace* ResourceHolders::OwnPlaceOf(uint32_t function) const {
  if (groups_->ChainOf(function) == kNoIndex) return nullptr;
  const uint32_t place = groups_->chains()[groups_->ChainOf(function)].place;
  if (place == kNoIndex || !(*places_)[place].is_user_code || (*places_)[place].is_in_package) return nullptr;
  const CodePlace& at = (*places_)[place].at;
  return at.offset >= 0 && !(*places_)[place].is_function_line ? &at : nullptr;
}

const std::vector<LockCall>& ResourceHolders::LockCallsOf(uint32_t function) {
  const uint32_t place = groups_->chains()[groups_->ChainOf(function)].place;
  const auto [found, is_new] = lock_calls_.try_emplace(place);
  const CodePlace* at = is_new ? OwnPlaceOf(function) : nullptr;
  if (at != nullptr)
    found->second =
        search_->uses().FindLockCalls(graph_->functions()[function].suspended.function, at->offset);
  return found->second;
}

void ResourceHolders::LookAtLock(uint32_t function) {
  if (IsCallback(graph_->functions()[function].suspended.kind)) return;
  size_t releasers = 0;
  for (const LockCall& call : LockCallsOf(function)) {
    if (call.object.empty()) {
      ++releasers;
      continue;
    }
    const Tagged object = ResolveLock(function, call);
    const auto known = object.IsObject() ? own_objects_.find(object.bits()) : own_objects_.end();
    if (known == own_objects_.end()) continue;
    for (const OwnObject& own : known->second) {
      if (!Mentions(object, MethodOf(object, call.method), own.member) || !IsTaken(own, object, call))
        continue;
      Add({.resource = own.resource,
           .token = graph_->functions()[function].suspended.object,
           .function = function,
           .is_certain = true,
           .is_own = true});
    }
  }
  if (releasers > 0) LookAtOwnReleasers(function, releasers);
}

// The object that a function gives back: an arrow function in one of its methods, or a method that is bound
// to it, and `function` is that method then. 0: none is known.
Tagged ResourceHolders::GivenBackBy(Tagged* function) {
  BoundFunction bound;
  if (ReadBoundFunction(*heap_, *layout_, *function, &bound)) {
    *function = bound.target;
    return bound.receiver;
  }
  return heap_->IsFunction(function) ? VariableAround(*function, "this") : Tagged();
}

// Looks for functions in variables that release a lock when they are called. Variables in registers have no
// names, so there must not be more such functions than the source still calls.
void ResourceHolders::LookAtOwnReleasers(uint32_t function, size_t count) {
  std::vector<Tagged> releasers;
  std::vector<Claim> claims;
  ForEachVariable(function, [&](Tagged word) {
    Tagged method = word;
    if (std::find(releasers.begin(), releasers.end(), word) != releasers.end()) return;
    const Tagged object = GivenBackBy(&method);
    const auto known = object.IsObject() ? own_objects_.find(object.bits()) : own_objects_.end();
    if (known == own_objects_.end()) return;
    for (const OwnObject& own : known->second) {
      if (!Mentions(object, method, own.member)) continue;
      if (releasers.empty() || releasers.back() != word) releasers.push_back(word);
      claims.push_back({.resource = own.resource,
                        .token = word,
                        .function = function,
                        .is_certain = true,
                        .is_own = true});
    }
  });
  if (releasers.size() > count) return;
  for (const Claim& claim : claims) Add(claim);
}

// What the first name of a call may mean; 0: not known.
Tagged ResourceHolders::RootOf(uint32_t function, const LockCall& call) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  if (call.object.front() == "this") {
    const Tagged around = VariableAround(suspended.function, "this");
    return around.IsObject() ? around : ReceiverOf(suspended);
  }
  Tagged context;
  Tagged value;
  heap_->Load(suspended.object, layout_->generator_context, &context);
  for (int i = 0; i < kMaxScopes && context.IsObject(); ++i) {
    if (search_->scopes().Variable(context, call.object.front(), &value)) return value;
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return call.object.size() == 1 ? OnlyLockOf(function, call.method) : Tagged();
}

// Variables in registers have no names, so that the object of a call is known only if a single one has such a
// method; else 0. Locks for which nobody waits count too.
Tagged ResourceHolders::OnlyLockOf(uint32_t function, const std::string& method) {
  std::vector<Tagged> locks;
  ForEachVariable(function, [&](Tagged word) {
    if (std::find(locks.begin(), locks.end(), word) == locks.end() && HasMethod(word, method))
      locks.push_back(word);
  });
  return locks.size() == 1 && own_objects_.contains(locks.front().bits()) ? locks.front() : Tagged();
}

Tagged ResourceHolders::ResolveLock(uint32_t function, const LockCall& call) {
  Tagged object = RootOf(function, call);
  for (size_t i = 1; i < call.object.size() && object.IsObject(); ++i)
    object = PropertyOf(object, call.object[i]);
  return object;
}

Tagged ResourceHolders::PropertyOf(Tagged object, const std::string& name) {
  Tagged value;
  if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver) return {};
  return ReadOwnProperty(*heap_, *strings_, object, name, &value) ? value : Tagged();
}

// 0: the object has no such method.
Tagged ResourceHolders::MethodOf(Tagged object, const std::string& name) {
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

// Private methods are variables of the class's scope.
Tagged ResourceHolders::CalledMethod(Tagged object, Tagged caller, const std::string& name) {
  return name.starts_with('#') ? VariableAround(caller, name.c_str()) : MethodOf(object, name);
}

// Whether a method of `object` mentions the property that the waiters are in, or calls one that does.
bool ResourceHolders::Mentions(Tagged object, Tagged method, const std::string& member, int depth) {
  if (!method.IsObject() || !heap_->IsFunction(&method)) return false;
  if (search_->uses().MentionsProperty(method, member.c_str()) == Mention::kYes) return true;
  if (depth == kMaxHelpers) return false;
  const auto [calls, is_new] = calls_on_this_.try_emplace(method.bits());
  if (is_new) calls->second = search_->uses().FindCallsOnThis(method);
  return std::any_of(calls->second.begin(), calls->second.end(), [&](const std::string& name) {
    return Mentions(object, CalledMethod(object, method, name), member, depth + 1);
  });
}

// Whether one of the methods that were awaited takes what the waiters want.
bool ResourceHolders::IsTaken(const OwnObject& own, Tagged object, const LockCall& call) {
  return std::any_of(call.taken.begin(), call.taken.end(), [&](const std::string& name) {
    const Tagged method = MethodOf(object, name);
    return Mentions(object, method, own.member) && MayWaitIn(own, object, name, method);
  });
}

// `await queue.drained()` takes nothing of a queue in whose `take()` others wait. False: it is known that
// they called another method.
bool ResourceHolders::MayWaitIn(const OwnObject& own, Tagged object, const std::string& name, Tagged method) {
  bool have_others = false;
  for (const uint32_t waiter : own.waiters) {
    const SuspendedObject& suspended = graph_->functions()[waiter].suspended;
    if (IsCallback(suspended.kind)) continue;
    if (IsInside(waiter, method)) return true;
    const CodePlace* at = OwnPlaceOf(waiter);
    const std::string awaited =
        at == nullptr ? "" : search_->uses().FindAwaitedMethod(suspended.function, at->offset);
    if (awaited == name) return true;
    const bool is_other = !awaited.empty() && Mentions(object, MethodOf(object, awaited), own.member);
    have_others = have_others || is_other || ReceiverOf(suspended) == object;
  }
  return !have_others;
}

// Whether a suspended function, or one of its callers, is this method or was made in it.
bool ResourceHolders::IsInside(uint32_t function, Tagged method) const {
  FunctionText whole;
  FunctionText text;
  if (!FindFunctionText(*heap_, method, &whole)) return false;
  for (int i = 0; i < kMaxCallers && function != kNoIndex; ++i) {
    const AsyncFunction& each = graph_->functions()[function];
    if (FindFunctionText(*heap_, each.suspended.function, &text) && text.script == whole.script &&
        text.start >= whole.start && text.end <= whole.end)
      return true;
    function = each.caller;
  }
  return false;
}

}  // namespace gmr::vm

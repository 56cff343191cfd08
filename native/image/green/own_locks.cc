// Finds the holders of locks that are implemented in the program itself: the part of ResourceHolders that
// reads source code (locks/lock_code.h).
//
// A wait ends in a list: the property `queue` of a mutex, or a variable `queue` of the function that made it.
// A function is said to hold that mutex if
// - it awaited the function of the mutex in which the waiters are, and is still to call another function that
//   mentions `queue` and whose name says that it gives back (text/lock_calls.h), or a function that it was
//   given by the mutex and that mentions `queue`; or
// - it is another call of the function in which the waiters are, is further on in it, and is still to take an
//   element out of `queue` (text/turn_calls.h); or it waits for the element that it took out, and is still to
//   take out the next one; or
// - a callback without parameters takes the next element out of `queue` when the function is done, and marks
//   something as free.

#include <algorithm>
#include <utility>

#include "../objects/bound_function.h"
#include "../objects/shared_function.h"
#include "resource_holders.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxOwn = 256;
constexpr int kMaxCallers = 16;
constexpr int kMaxScopes = 6;
constexpr size_t kMaxWaiters = 8;
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

// A service that has a lock for each key waits for all of its locks at the same place.
const HeldResource* ResourceHolders::FindOwn(uint32_t group, const Holder& end) const {
  const auto found = own_by_end_.find(end.object.bits());
  if (found == own_by_end_.end() || !answers_->AllLeadTo(group, end.object)) return nullptr;
  const HeldResource& own = own_[found->second];
  const auto is_for_all = [&](Tagged owner) { return answers_->AllLeadTo(group, owner); };
  return std::all_of(own.list_owners.begin(), own.list_owners.end(), is_for_all) ? &own : nullptr;
}

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
  // Outwards, through what is in the list, the list, and what that is in. What is in a Map, or in a plain
  // object, is there under a key. A class may have made its list of another class.
  bool is_list = false;
  const auto add = [&, resource = known->second](const Holder& holder) {
    const bool is_variable = holder.kind == HolderKind::kScope;
    const bool is_object = holder.kind == HolderKind::kObject || holder.kind == HolderKind::kPlain;
    if (holder.kind == HolderKind::kCollection)
      is_list = holder.class_name == "Array" || holder.class_name == "Set";
    if ((!is_object && !is_variable) || holder.member.empty() || !holder.object.IsObject() ||
        !IsOfProgram(holder))
      return;
    AddOwnList({holder.object, is_variable, holder.member}, resource, waiter, is_list);
    is_list = is_list && holder.kind == HolderKind::kObject;
  };
  for (const Holder& holder : end.holders) add(holder);
  for (size_t i = 0; i < end.owners.size() && is_list; ++i) add(end.owners[i]);
}

void ResourceHolders::AddOwnList(const LockList& list, uint32_t resource, uint32_t waiter, bool is_list) {
  std::vector<OwnList>& lists = own_lists_[list.owner.bits()];
  const auto is_same = [&](const OwnList& other) {
    return other.resource == resource && other.list.name == list.name;
  };
  auto own = std::find_if(lists.begin(), lists.end(), is_same);
  if (own == lists.end()) own = lists.insert(own, {resource, list, is_list, {}});
  if (own->waiters.size() < kMaxWaiters) own->waiters.push_back(waiter);
}

// The lists that a function which was called on `receiver` (0: on none) may use.
std::vector<const ResourceHolders::OwnList*> ResourceHolders::ListsOf(Tagged receiver, Tagged function) {
  std::vector<Tagged> owners = code_.ScopesOf(function);
  if (receiver.IsObject()) owners.push_back(receiver);
  std::vector<const OwnList*> found;
  for (const Tagged owner : owners) {
    const auto known = own_lists_.find(owner.bits());
    if (known == own_lists_.end()) continue;
    for (const OwnList& own : known->second) found.push_back(&own);
  }
  return found;
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
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  if (IsCallback(suspended.kind)) return;
  size_t releasers = 0;
  for (const LockCall& call : LockCallsOf(function)) {
    if (call.object.empty() && call.taken.empty()) {
      ++releasers;
      continue;
    }
    const LockUse use = UseOf(function, call);
    const Tagged giving = FunctionOf(use, call.method);
    for (const OwnList* const own : ListsOf(use.object, giving)) {
      if (!code_.Mentions(own->list, use.object, giving) || !IsTaken(*own, use, call)) continue;
      const bool is_of_lock = call.object.size() == 1 && call.object.front() == "this";
      AddOwnClaim(*own, is_of_lock ? UserOf(function) : function, suspended.object);
    }
  }
  if (releasers > 0) LookAtOwnReleasers(function, releasers);
  LookAtTurn(function);
}

void ResourceHolders::AddOwnClaim(const OwnList& own, uint32_t function, Tagged token) {
  std::vector<Tagged>& owners = own_[own.resource].list_owners;
  if (std::find(owners.begin(), owners.end(), own.list.owner) == owners.end())
    owners.push_back(own.list.owner);
  Add({.resource = own.resource, .token = token, .function = function, .is_certain = true, .is_own = true});
}

// The value of `this` in a suspended function.
Tagged ResourceHolders::ThisOf(const SuspendedObject& suspended) {
  return code_.IsArrow(suspended.function) ? VariableAround(suspended.function, "this")
                                           : ReceiverOf(suspended);
}

// The value of `this` in a callback, or in a function that was handed out: both are called without a
// receiver.
Tagged ResourceHolders::ThisAround(Tagged function) {
  return code_.IsArrow(function) ? VariableAround(function, "this") : Tagged();
}

// Claims of a function that is still to take a waiter out of its list.
void ResourceHolders::LookAtTurn(uint32_t function) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  const CodePlace* const at = OwnPlaceOf(function);
  if (at == nullptr) return;
  const Tagged receiver = ThisOf(suspended);
  for (const OwnList* const own : ListsOf(receiver, suspended.function)) {
    if (!own->is_list) continue;
    if (code_.Takes(own->list, receiver, suspended.function, at->offset) &&
        HasWaiterBefore(*own, function, receiver)) {
      AddOwnClaim(*own, UserOf(function), suspended.object);
    } else if (code_.Handles(own->list, receiver, suspended.function, at->offset)) {
      AddOwnClaim(*own, function, suspended.object);
    }
  }
}

// Claims of a task that was taken out of a list: `task().finally(() => this.next())`. A callback with a
// parameter may hand the result over to a waiter, and one that marks nothing as free brings what is waited
// for: neither is the end of a turn.
void ResourceHolders::LookAtTask(const AsyncEdge& edge) {
  if (edge.callback == kNoIndex) return;
  Tagged callback = graph_->CallbackAt(edge.callback);
  const uint32_t task = ProducerOf(edge.promise);
  if (task == kNoIndex || groups_->ChainOf(task) == kNoIndex || !heap_->IsFunction(&callback)) return;
  const Tagged receiver = ThisAround(callback);
  for (const OwnList* const own : ListsOf(receiver, callback)) {
    if (own->is_list && !code_.HasParameters(callback) && code_.Takes(own->list, receiver, callback, -1) &&
        code_.Frees(own->list, receiver, callback))
      AddOwnClaim(*own, task, graph_->functions()[task].suspended.object);
  }
}

// The function that awaits a function of the lock itself, which all of its users call; the latter if none
// does.
uint32_t ResourceHolders::UserOf(uint32_t function) const {
  const uint32_t caller = graph_->functions()[function].caller;
  const bool is_known = caller != kNoIndex && !IsCallback(graph_->functions()[caller].suspended.kind) &&
                        OwnPlaceOf(caller) != nullptr;
  return is_known ? caller : function;
}

bool ResourceHolders::HasWaiterBefore(const OwnList& own, uint32_t function, Tagged receiver) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  const int32_t offset = OwnPlaceOf(function)->offset;
  FunctionText whole;
  FunctionText text;
  if (!FindFunctionText(*heap_, suspended.function, &whole)) return false;
  const auto is_before = [&](uint32_t waiter) {
    const SuspendedObject& other = graph_->functions()[waiter].suspended;
    if (IsCallback(other.kind) || !FindFunctionText(*heap_, other.function, &text) ||
        text.script != whole.script || text.start != whole.start || text.end != whole.end)
      return false;
    const CodePlace* const at = OwnPlaceOf(waiter);
    // Another object of the class has another list.
    return at != nullptr && at->offset < offset && !code_.WaitsByParameter(other.function, at->offset) &&
           (own.list.is_variable || ThisOf(other) == receiver);
  };
  for (uint32_t waiter : own.waiters) {
    for (int i = 0; i < kMaxCallers && waiter != kNoIndex; ++i) {
      if (is_before(waiter)) return true;
      waiter = graph_->functions()[waiter].caller;
    }
  }
  return false;
}

// The object that a function gives back: an arrow function in one of its methods, or a method that is bound
// to it, and `function` is that method then. 0: none is known.
Tagged ResourceHolders::GivenBackBy(Tagged* function) {
  BoundFunction bound;
  if (ReadBoundFunction(*heap_, *layout_, *function, &bound)) {
    *function = bound.target;
    return bound.receiver;
  }
  return heap_->IsFunction(function) ? ThisAround(*function) : Tagged();
}

// Looks for functions in variables that release a lock when they are called. Variables in registers have no
// names, so there must not be more such functions than the source still calls.
void ResourceHolders::LookAtOwnReleasers(uint32_t function, size_t count) {
  std::vector<Tagged> releasers;
  std::vector<std::pair<const OwnList*, Tagged>> found;
  ForEachVariable(function, [&](Tagged word) {
    Tagged method = word;
    if (std::find(releasers.begin(), releasers.end(), word) != releasers.end()) return;
    const Tagged object = GivenBackBy(&method);
    for (const OwnList* const own : ListsOf(object, method)) {
      if (!code_.Mentions(own->list, object, method)) continue;
      if (releasers.empty() || releasers.back() != word) releasers.push_back(word);
      found.emplace_back(own, word);
    }
  });
  if (releasers.size() > count) return;
  for (const auto& [own, word] : found) AddOwnClaim(*own, function, word);
}

// What the first name of a call may mean; 0: not known.
Tagged ResourceHolders::RootOf(uint32_t function, const LockCall& call) {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  const std::string& name = call.object.front();
  if (name == "this") return ThisOf(suspended);
  const Tagged value = VariableSeenBy(function, name);
  const bool is_in_register = !value.IsObject() && call.object.size() == 1 &&
                              search_->uses().Mentions(suspended.function, name.c_str()) == Mention::kNo;
  return is_in_register ? OnlyLockOf(function, call.method) : value;
}

// Its own variable of this name, if it is not in a register, or the one from outside that it uses.
Tagged ResourceHolders::VariableSeenBy(uint32_t function, const std::string& name) const {
  const SuspendedObject& suspended = graph_->functions()[function].suspended;
  Tagged context;
  Tagged outside;
  Tagged value;
  heap_->Load(suspended.object, layout_->generator_context, &context);
  heap_->Load(suspended.function, layout_->function_context, &outside);
  for (int i = 0; i < kMaxScopes && context.IsObject() && context != outside; ++i) {
    if (search_->scopes().Variable(context, name, &value)) return value;
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return code_.OuterVariable(suspended.function, name);
}

// Variables in registers have no names, so that the object of a call is known only if a single one has such a
// method; else 0. Locks for which nobody waits count too.
Tagged ResourceHolders::OnlyLockOf(uint32_t function, const std::string& method) {
  std::vector<Tagged> locks;
  ForEachVariable(function, [&](Tagged word) {
    if (std::find(locks.begin(), locks.end(), word) == locks.end() && HasMethod(word, method))
      locks.push_back(word);
  });
  return locks.size() == 1 ? locks.front() : Tagged();
}

// The way by which a function uses a lock: an object, or functions in variables.
ResourceHolders::LockUse ResourceHolders::UseOf(uint32_t function, const LockCall& call) {
  LockUse use{function, {}, call.object.empty()};
  if (use.is_bare) return use;
  use.object = RootOf(function, call);
  for (size_t i = 1; i < call.object.size() && use.object.IsObject(); ++i)
    use.object = code_.PropertyOf(use.object, call.object[i]);
  return use;
}

// Private methods are variables of the class's scope.
Tagged ResourceHolders::FunctionOf(const LockUse& use, const std::string& name) const {
  if (use.is_bare || name.starts_with('#')) return VariableSeenBy(use.function, name);
  return use.object.IsObject() ? code_.MethodOf(use.object, name) : Tagged();
}

// Whether one of the functions that were awaited takes what the waiters want.
bool ResourceHolders::IsTaken(const OwnList& own, const LockUse& use, const LockCall& call) {
  return std::any_of(call.taken.begin(), call.taken.end(), [&](const std::string& name) {
    const Tagged taking = FunctionOf(use, name);
    return code_.Mentions(own.list, use.object, taking) && IsWaitedIn(own, name, taking);
  });
}

// Whether one of the waiters is in this method. `await queue.drained()` takes nothing of a queue in whose
// `take()` others wait.
bool ResourceHolders::IsWaitedIn(const OwnList& own, const std::string& name, Tagged taking) {
  for (const uint32_t waiter : own.waiters) {
    const SuspendedObject& suspended = graph_->functions()[waiter].suspended;
    if (IsCallback(suspended.kind)) continue;
    if (IsInside(waiter, taking)) return true;
    const CodePlace* at = OwnPlaceOf(waiter);
    const std::string awaited =
        at == nullptr ? "" : search_->uses().FindAwaitedMethod(suspended.function, at->offset);
    if (awaited == name) return true;
  }
  return false;
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

// From handlers of then() to functions: the part of AsyncGraph for code without async functions.

#include "../../base/clock.h"
#include "async_graph.h"

namespace gmr::vm {

namespace {

// Handlers between two looks at the clock.
constexpr uint32_t kPerLook = 4096;

}  // namespace

// After the callers of all functions are known.
bool AsyncGraph::AddCallbacks(int64_t deadline_ns) {
  callback_functions_ = 0;
  if (callbacks_.empty()) return true;
  if (!function_of_.Assign(callbacks_.size(), kNoIndex)) return false;
  if (!MarkBehindFunctions()) return false;
  for (uint32_t i = 0; i < callbacks_.size(); ++i) {
    const bool is_late = i % kPerLook == kPerLook - 1 && platform::MonotonicNs() > deadline_ns;
    const uint32_t target = edges_[callbacks_[i].edge].target;
    lacks_callbacks_ = is_late || is_late_;
    if (lacks_callbacks_) return true;
    if (target != kNoIndex && !FollowPromise(target)) return false;
    lacks_callbacks_ = !IsOfFunction(i) && !AddCallbackChain(i);
    if (lacks_callbacks_) return true;
  }
  return true;
}

// Marks all promises that results of functions lead to: those that FollowPromise() follows here or followed
// before.
bool AsyncGraph::MarkBehindFunctions() {
  for (uint32_t i = 0; i < promises_.size(); ++i) {
    if (promises_[i].is_behind_function && !FollowPromise(i)) return false;
  }
  for (uint32_t i = 0; i < promises_.size(); ++i)
    promises_[i].is_behind_function = outcomes_[i].state == kSettled;
  return true;
}

// Whether a suspended function is in its chain, and shows it if it is shown at all.
bool AsyncGraph::IsOfFunction(uint32_t callback) const {
  const AsyncEdge& edge = edges_[callbacks_[callback].edge];
  return promises_[edge.promise].is_behind_function ||
         (edge.target != kNoIndex && outcomes_[edge.target].caller != kNoIndex);
}

// The handler, the next one behind it, and so on. Of several, the oldest is the caller; each of the others
// begins a chain of its own. False: there are too many.
bool AsyncGraph::AddCallbackChain(uint32_t callback) {
  uint32_t callee = kNoIndex;
  for (uint32_t at = callback; at != kNoIndex;) {
    const bool is_new = function_of_[at] == kNoIndex;
    const uint32_t function = is_new ? AddCallback(at) : function_of_[at];
    if (function == kNoIndex) return false;
    if (callee != kNoIndex) SetCaller(callee, function);
    if (!is_new) return true;
    const uint32_t target = edges_[callbacks_[at].edge].target;
    if (target == kNoIndex) return true;
    functions_[function].via = outcomes_[target].callback_via;
    callee = function;
    at = outcomes_[target].callback;
  }
  return true;
}

uint32_t AsyncGraph::AddCallback(uint32_t callback) {
  if (callback_functions_ == kMaxCallbacks) return kNoIndex;
  const AsyncCallback& known = callbacks_[callback];
  const AsyncEdge& edge = edges_[known.edge];
  AsyncFunction function;
  function.suspended.object = known.reaction;
  function.suspended.function = known.function;
  function.suspended.kind = SuspendedKind::kCallback;
  function.suspended.position = kUnknownPosition;
  if (edge.target != kNoIndex) function.suspended.result = promises_[edge.target].pending.object;
  function.result = edge.target;
  function.awaited = edge.promise;
  const auto index = static_cast<uint32_t>(functions_.size());
  if (!functions_.Append(function)) return kNoIndex;
  ++callback_functions_;
  function_of_[callback] = index;
  return index;
}

uint32_t AsyncGraph::AddHeldCallback(Tagged holder, Tagged owner, Tagged callback) {
  if (callback_functions_ == kMaxCallbacks) return kNoIndex;
  AsyncFunction function;
  function.suspended.object = holder;
  function.suspended.receiver = owner;
  function.suspended.function = callback;
  function.suspended.kind = SuspendedKind::kHeldCallback;
  function.suspended.position = kUnknownPosition;
  if (!functions_.Append(function)) return kNoIndex;
  ++callback_functions_;
  return static_cast<uint32_t>(functions_.size() - 1);
}

}  // namespace gmr::vm

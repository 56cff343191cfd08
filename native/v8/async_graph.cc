#include "async_graph.h"

#include <algorithm>

#include "../platform/clock.h"

namespace gmr::vm {

namespace {

// Promises between two looks at the clock.
constexpr uint32_t kPerLook = 4096;

constexpr uint8_t kUnknown = 0;
constexpr uint8_t kOnPath = 1;
constexpr uint8_t kSettled = 2;

}  // namespace

bool AsyncGraph::Build(const HeapScan& scan, int64_t deadline_ns) {
  functions_.Truncate(0);
  promises_.Truncate(0);
  edges_.Truncate(0);
  dropped_ = 0;
  reader_.Reset();
  return AddPromises(scan) && AddFunctions(scan) && AddEdges(deadline_ns) && FindCallers();
}

uint32_t AsyncGraph::FindPromise(Tagged promise) const {
  return promise_table_.Find(promise.bits(),
                             [this](uint32_t i) { return promises_[i].pending.object.bits(); });
}

uint32_t AsyncGraph::FindFunction(Tagged object) const {
  return function_table_.Find(object.bits(),
                              [this](uint32_t i) { return functions_[i].suspended.object.bits(); });
}

bool AsyncGraph::AddPromises(const HeapScan& scan) {
  if (!promise_table_.Reserve(scan.promises().size())) return false;
  for (const PendingPromise& pending : scan.promises()) {
    const auto index = static_cast<uint32_t>(promises_.size());
    AsyncPromise promise;
    promise.pending = pending;
    if (!promises_.Append(promise)) return false;
    if (!promise_table_.Add(index, [this](uint32_t i) { return promises_[i].pending.object.bits(); }))
      return false;
  }
  return true;
}

bool AsyncGraph::AddFunctions(const HeapScan& scan) {
  // Each driven generator is found behind a promise.
  if (!function_table_.Reserve(scan.suspended().size() + scan.promises().size())) return false;
  for (const SuspendedObject& suspended : scan.suspended()) {
    AsyncFunction function;
    function.suspended = suspended;
    const bool is_async = suspended.kind == SuspendedKind::kAsyncFunction;
    if (!heap_->IsFunction(&function.suspended.function) ||
        (is_async && !heap_->Is(&function.suspended.result, reader_.layout().type_promise))) {
      ++dropped_;
      continue;
    }
    const auto index = static_cast<uint32_t>(functions_.size());
    if (!functions_.Append(function)) return false;
    if (!function_table_.Add(index, [this](uint32_t i) { return functions_[i].suspended.object.bits(); }))
      return false;
    MarkProducer(index);
  }
  return true;
}

void AsyncGraph::MarkProducer(uint32_t function) {
  ForEachResult(functions_[function], [&](Tagged result) {
    const uint32_t promise = FindPromise(result);
    if (promise != kNoIndex) promises_[promise].producer = function;
  });
}

bool AsyncGraph::AddEdges(int64_t deadline_ns) {
  for (uint32_t i = 0; i < promises_.size(); ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > deadline_ns) return false;
    if (!AddEdgesOf(i)) return false;
  }
  return true;
}

bool AsyncGraph::AddEdgesOf(uint32_t promise) {
  Tagged next = promises_[promise].pending.reactions;
  Reaction reaction;
  // A list that leads back to itself ends with the room for edges.
  while (next.IsObject() && reader_.Read(next, &reaction)) {
    if (!Connect(promise, reaction)) return false;
    if (reaction.next == next) break;
    next = reaction.next;
  }
  return true;
}

uint32_t AsyncGraph::FunctionFor(const Reaction& reaction) {
  if (!reaction.function.IsObject()) return kNoIndex;
  const uint32_t known = FindFunction(reaction.function);
  if (known != kNoIndex || !reaction.is_driven) return known;
  AsyncFunction function;
  function.suspended = reaction.driven;
  const auto index = static_cast<uint32_t>(functions_.size());
  if (!heap_->IsFunction(&function.suspended.function) || !functions_.Append(function)) return kNoIndex;
  if (!function_table_.Add(index, [this](uint32_t i) { return functions_[i].suspended.object.bits(); })) {
    functions_.Truncate(index);
    return kNoIndex;
  }
  MarkProducer(index);
  return index;
}

// The newest reaction comes first, so each edge goes in front of the last.
bool AsyncGraph::Connect(uint32_t promise, const Reaction& reaction) {
  const uint32_t function = FunctionFor(reaction);
  AsyncEdge edge;
  edge.promise = promise;
  edge.next = promises_[promise].first_edge;
  edge.via = reaction.via;
  edge.callback = reaction.callback;
  edge.to_function = function != kNoIndex;
  edge.target = edge.to_function ? function : kNoIndex;
  const auto index = static_cast<uint32_t>(edges_.size());
  if (edge.to_function) {
    functions_[function].awaited = promise;
  } else if (reaction.promise.IsObject()) {
    edge.target = FindPromise(reaction.promise);
    if (edge.target != kNoIndex) {
      edge.next_source = promises_[edge.target].first_source;
      promises_[edge.target].first_source = index;
    }
  }
  if (!edges_.Append(edge)) return false;
  promises_[promise].first_edge = index;
  return true;
}

bool AsyncGraph::FindCallers() {
  if (!outcomes_.Assign(promises_.size(), Outcome())) return promises_.empty();
  for (uint32_t i = 0; i < functions_.size(); ++i) {
    bool complete = true;
    ForEachResult(functions_[i], [&](Tagged result) {
      const uint32_t promise = FindPromise(result);
      if (promise != kNoIndex) complete = FollowPromise(promise) && complete;
    });
    if (!complete) return false;
    TakeOutcome(i);
  }
  return true;
}

// Depth first, without recursion: chains of then() may be thousands long.
bool AsyncGraph::FollowPromise(uint32_t promise) {
  path_.Truncate(0);
  if (!path_.Append(promise)) return false;
  while (!path_.empty()) {
    const uint32_t current = path_[path_.size() - 1];
    uint32_t next = kNoIndex;
    if (Settle(current, &next)) {
      path_.Truncate(path_.size() - 1);
    } else if (!path_.Append(next)) {
      return false;
    }
  }
  return true;
}

// False: `*next` must be settled first; then it goes on where it stopped.
bool AsyncGraph::Settle(uint32_t promise, uint32_t* next) {
  Outcome& outcome = outcomes_[promise];
  if (outcome.state == kUnknown) {
    outcome.state = kOnPath;
    outcome.edge = promises_[promise].first_edge;
  }
  for (; outcome.edge != kNoIndex; outcome.edge = edges_[outcome.edge].next) {
    const AsyncEdge& edge = edges_[outcome.edge];
    Outcome beyond;
    if (edge.to_function) {
      beyond.caller = edge.target;
      beyond.callers = 1;
    } else if (edge.target != kNoIndex) {
      if (outcomes_[edge.target].state == kUnknown) {
        *next = edge.target;
        return false;
      }
      // One that is on the path itself leads nowhere else.
      if (outcomes_[edge.target].state == kSettled) beyond = outcomes_[edge.target];
    }
    if (outcome.caller == kNoIndex && beyond.caller != kNoIndex) {
      outcome.caller = beyond.caller;
      outcome.via = static_cast<uint8_t>(edge.via | beyond.via);
    }
    outcome.callers = static_cast<uint16_t>(std::min(outcome.callers + beyond.callers, 0xffff));
    const Tagged callback = edge.callback.IsObject() ? edge.callback : beyond.callback;
    if (!outcome.callback.IsObject()) outcome.callback = callback;
  }
  outcome.state = kSettled;
  return true;
}

void AsyncGraph::TakeOutcome(uint32_t index) {
  AsyncFunction& function = functions_[index];
  uint32_t callers = 0;
  ForEachResult(function, [&](Tagged result) {
    const uint32_t promise = FindPromise(result);
    if (promise == kNoIndex) return;
    const Outcome& outcome = outcomes_[promise];
    callers += outcome.callers;
    if (!function.callback.IsObject()) function.callback = outcome.callback;
    if (function.caller != kNoIndex || outcome.caller == kNoIndex) return;
    function.caller = outcome.caller;
    function.via = outcome.via;
    functions_[outcome.caller].has_callee = true;
  });
  if (function.caller == kNoIndex) return;
  function.callback = Tagged();
  function.other_callers = static_cast<uint16_t>(std::min<uint32_t>(callers - 1, 0xffff));
}

}  // namespace gmr::vm

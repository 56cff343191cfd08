#include "async_graph.h"

#include <algorithm>

#include "../../base/clock.h"

namespace gmr::vm {

namespace {

// Promises between two looks at the clock.
constexpr uint32_t kPerLook = 4096;

// As many objects in one page are worth a read of all of it.
constexpr size_t kWorthAPage = 32;

}  // namespace

bool AsyncGraph::Build(HeapScan* scan, int64_t deadline_ns) {
  functions_.Truncate(0);
  promises_.Truncate(0);
  edges_.Truncate(0);
  callbacks_.Truncate(0);
  driven_.Clear();
  is_late_ = lacks_callbacks_ = false;
  reader_.Reset();
  const bool complete = AddPromises(scan) && AddFunctions(scan) && AddEdges(deadline_ns) && FindCallers() &&
                        AddCallbacks(deadline_ns);
  outcomes_.Release();
  path_.Release();
  function_of_.Release();
  return complete;
}

uint32_t AsyncGraph::FindPromise(Tagged promise) const {
  return promise_index_.Find(promise.bits(),
                             [this](uint32_t i) { return promises_[i].pending.object.bits(); });
}

uint32_t AsyncGraph::FindFunction(Tagged object) const {
  return function_index_.Find(object.bits(),
                              [this](uint32_t i) { return functions_[i].suspended.object.bits(); });
}

bool AsyncGraph::AddPromises(HeapScan* scan) {
  for (const PendingPromise& pending : scan->promises()) {
    AsyncPromise promise;
    promise.pending = pending;
    if (!promises_.Append(promise)) return false;
  }
  scan->ReleasePromises();
  return promise_index_.Build(static_cast<uint32_t>(promises_.size()),
                              [this](uint32_t i) { return promises_[i].pending.object.bits(); });
}

// What is looked at one after the other is mostly in one page, with what it
// leads to: reading the page at once saves many reads of parts of it.
void AsyncGraph::OpenPageOf(uint32_t promise) {
  const auto page_of = [this](uint32_t i) {
    return promises_[i].pending.object.Slot(0).AlignedDown(kPageBytes);
  };
  const platform::Address page = page_of(promise);
  if (page == open_page_) return;
  open_page_ = page;
  size_t unread = 0;
  for (uint32_t i = promise; i < promises_.size() && page_of(i) == page && unread < kWorthAPage; ++i) {
    unread += promises_[i].pending.function.IsObject() ? 0 : 1;
  }
  if (unread == kWorthAPage) heap_->memory().OpenWindow(page, kPageBytes);
}

bool AsyncGraph::AddFunctions(HeapScan* scan) {
  for (const SuspendedObject& suspended : scan->suspended()) {
    AsyncFunction function;
    function.suspended = suspended;
    if (suspended.kind == SuspendedKind::kAsyncFunction) function.result = FindPromise(suspended.result);
    if (!functions_.Append(function)) return false;
    MarkProducer(static_cast<uint32_t>(functions_.size() - 1));
  }
  scan->ReleaseSuspended();
  return function_index_.Build(static_cast<uint32_t>(functions_.size()),
                               [this](uint32_t i) { return functions_[i].suspended.object.bits(); });
}

void AsyncGraph::MarkProducer(uint32_t function) {
  ForEachResult(functions_[function], [&](uint32_t promise) { promises_[promise].producer = function; });
}

bool AsyncGraph::AddEdges(int64_t deadline_ns) {
  open_page_ = platform::Address();
  for (uint32_t i = 0; i < promises_.size(); ++i) {
    if (!promises_[i].pending.function.IsObject()) OpenPageOf(i);
    is_late_ = i % kPerLook == kPerLook - 1 && platform::MonotonicNs() > deadline_ns;
    if (is_late_) return true;
    if (!AddEdgesOf(i, deadline_ns)) return false;
    if (is_late_) return true;
  }
  return true;
}

bool AsyncGraph::AddEdgesOf(uint32_t promise, int64_t deadline_ns) {
  Tagged next = promises_[promise].pending.reactions;
  Reaction reaction;
  reaction.function = promises_[promise].pending.function;
  if (reaction.function.IsObject()) return Connect(promise, reaction);
  // A list that changes meanwhile may lead back to itself.
  for (uint32_t read = 1; next.IsObject() && reader_.Read(next, &reaction); ++read) {
    if (!ConnectAll(promise, reaction)) return false;
    is_late_ = read % kPerLook == 0 && platform::MonotonicNs() > deadline_ns;
    if (is_late_ || reaction.next == next) break;
    next = reaction.next;
  }
  return true;
}

Tagged AsyncGraph::FindReaction(uint32_t function) {
  const AsyncFunction& waits = functions_[function];
  if (waits.awaited == kNoIndex) return {};
  // It may have been settled since then, where its thread runs.
  Tagged next = promises_[waits.awaited].pending.reactions;
  int32_t flags = -1;
  if (!heap_->LoadSmi(promises_[waits.awaited].pending.object, reader_.layout().promise_flags, &flags) ||
      (flags & kPromiseStatusMask) != kPromisePending)
    return {};
  if (waits.suspended.kind == SuspendedKind::kCallback) return waits.suspended.object;
  Reaction reaction;
  for (int i = 0; i < kMaxReactions && next.IsObject() && reader_.Read(next, &reaction); ++i) {
    if (reaction.function == waits.suspended.object) return next;
    next = reaction.next;
  }
  return {};
}

uint32_t AsyncGraph::FunctionFor(const Reaction& reaction) {
  if (!reaction.function.IsObject()) return kNoIndex;
  if (!reaction.is_driven) return FindFunction(reaction.function);
  const uint32_t* known = driven_.Find(reaction.function.bits());
  if (known != nullptr) return *known;
  AsyncFunction function;
  function.suspended = reaction.driven;
  function.result = FindPromise(reaction.driven.result);
  auto index = static_cast<uint32_t>(functions_.size());
  if (!heap_->IsFunction(&function.suspended.function) || !functions_.Append(function)) return kNoIndex;
  if (!driven_.Insert(reaction.function.bits(), index, &index)) {
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
  const auto index = static_cast<uint32_t>(edges_.size());
  if (reaction.callback.IsObject() && callbacks_.Append({reaction.callback, reaction.object, index}))
    edge.callback = static_cast<uint32_t>(callbacks_.size() - 1);
  edge.to_function = function != kNoIndex;
  edge.target = edge.to_function ? function : kNoIndex;
  if (edge.to_function) {
    functions_[function].awaited = promise;
    // Promises that a compiler's helper makes from this one are part of how the function works.
    const uint32_t result = reaction.is_driven ? FindPromise(reaction.promise) : kNoIndex;
    if (result != kNoIndex) promises_[result].is_behind_function = true;
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

// Several promises may wait for the end of a module's top-level code, and that of then() beside the one that
// its handlers settle.
bool AsyncGraph::ConnectAll(uint32_t promise, const Reaction& reaction) {
  const bool is_one = !reaction.module.IsObject() &&
                      (!reaction.derived.IsObject() || FindPromise(reaction.derived) == kNoIndex);
  if (is_one) return Connect(promise, reaction);
  bool has_room = true;
  reader_.ForEachPromise(reaction, [&](Tagged depends, uint8_t via) {
    Reaction one = reaction;
    one.promise = depends;
    one.via = via;
    has_room = has_room && Connect(promise, one);
  });
  return has_room;
}

bool AsyncGraph::FindCallers() {
  if (!outcomes_.Assign(promises_.size(), Outcome())) return promises_.empty();
  for (uint32_t i = 0; i < functions_.size(); ++i) {
    bool complete = true;
    ForEachResult(functions_[i], [&](uint32_t promise) { complete = FollowPromise(promise) && complete; });
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
    if (outcome.callback == kNoIndex && edge.callback != kNoIndex) {
      outcome.callback = edge.callback;
    } else if (outcome.callback == kNoIndex && beyond.callback != kNoIndex) {
      outcome.callback = beyond.callback;
      outcome.callback_via = static_cast<uint8_t>(edge.via | beyond.callback_via);
    }
  }
  outcome.state = kSettled;
  return true;
}

void AsyncGraph::TakeOutcome(uint32_t index) {
  AsyncFunction& function = functions_[index];
  uint32_t callers = 0;
  ForEachResult(function, [&](uint32_t promise) {
    const Outcome& outcome = outcomes_[promise];
    callers += outcome.callers;
    if (function.callback == kNoIndex) function.callback = outcome.callback;
    if (function.caller != kNoIndex || outcome.caller == kNoIndex) return;
    function.caller = outcome.caller;
    function.via = outcome.via;
    functions_[outcome.caller].has_callee = true;
  });
  if (function.caller == kNoIndex) return;
  function.callback = kNoIndex;
  function.other_callers = static_cast<uint16_t>(std::min<uint32_t>(callers - 1, 0xffff));
}

}  // namespace gmr::vm

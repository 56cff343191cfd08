#include "async_proof.h"

namespace gmr::vm {

bool AsyncProof::IsPending(Tagged promise) const {
  int32_t flags = -1;
  return heap_->Is(&promise, layout_->type_promise) &&
         heap_->LoadSmi(promise, layout_->promise_flags, &flags) &&
         (flags & kPromiseStatusMask) == kPromisePending;
}

// A promise keeps a reaction as long as it is pending.
bool AsyncProof::HoldsHandler(const AsyncFunction& callback) {
  Reaction reaction;
  return reader_.Read(callback.suspended.object, &reaction) &&
         reaction.callback == callback.suspended.function &&
         IsPending(graph_->promises()[callback.awaited].pending.object);
}

bool AsyncProof::HoldsFunction(uint32_t index) {
  const SuspendedObject& was = graph_->functions()[index].suspended;
  if (was.kind == SuspendedKind::kCallback) return HoldsHandler(graph_->functions()[index]);
  if (was.kind == SuspendedKind::kHeldCallback) return holds_ && holds_(index);
  Tagged object = was.object;
  Tagged word;
  int32_t continuation = -1;
  int32_t position = -1;
  // Its position is unknown. HoldsPromises() checks that it still waits.
  if (was.position == kUnknownPosition) return heap_->TypeOf(&object) >= 0 && object == was.object;
  const int32_t type = was.kind == SuspendedKind::kAsyncFunction    ? layout_->type_async_function
                       : was.kind == SuspendedKind::kAsyncGenerator ? layout_->type_async_generator
                                                                    : layout_->type_generator;
  return heap_->Is(&object, type) && object == was.object &&
         heap_->LoadSmi(object, layout_->generator_continuation, &continuation) && continuation >= 0 &&
         heap_->LoadSmi(object, layout_->generator_position, &position) && position == was.position &&
         heap_->Load(object, layout_->generator_function, &word) && word == was.function &&
         heap_->Load(object, layout_->generator_receiver, &word) && word == was.receiver;
}

// It may wait for nothing: then it is about to go on.
bool AsyncProof::HoldsAwait(uint32_t index) {
  const AsyncFunction& function = graph_->functions()[index];
  if (function.suspended.kind == SuspendedKind::kCallback) return HoldsHandler(function);
  if (function.suspended.kind == SuspendedKind::kHeldCallback) return HoldsFunction(index);
  if (function.awaited == kNoIndex) return true;
  const Tagged promise = graph_->promises()[function.awaited].pending.object;
  Tagged next;
  Reaction reaction;
  if (!IsPending(promise) || !heap_->Load(promise, layout_->promise_reactions, &next)) return false;
  for (int i = 0; i < kMaxReactions && next.IsObject() && reader_.Read(next, &reaction); ++i) {
    if (reaction.function == function.suspended.object) return IsPending(promise);
    next = reaction.next;
  }
  return false;
}

bool AsyncProof::FromAnyResult(uint32_t index, const Goal& goal) {
  bool found = false;
  graph_->ForEachResultObject(graph_->functions()[index], [&](Tagged promise) {
    found = found || (promise.IsObject() && Reaches(promise, goal));
  });
  return found;
}

bool AsyncProof::HoldsOutward(uint32_t index) {
  const AsyncFunction& function = graph_->functions()[index];
  Goal goal;
  // Objects of libraries lead from it to its caller.
  if (function.suspended.kind == SuspendedKind::kHeldCallback) return true;
  if (function.caller != kNoIndex) {
    const uint32_t awaited = graph_->functions()[function.caller].awaited;
    if (awaited == kNoIndex) return false;
    goal.promise = graph_->promises()[awaited].pending.object;
    goal.via = function.via;
    goal.via_mask = 0xff;
    return FromAnyResult(index, goal);
  }
  // If the outermost function has a caller after all, the scan missed it.
  if (FromAnyResult(index, goal)) return false;
  if (function.callback == kNoIndex) return true;
  goal.callback = graph_->CallbackAt(function.callback);
  return FromAnyResult(index, goal);
}

template <typename Visit>
bool AsyncProof::ForChain(uint32_t function, Visit visit) const {
  // Brent's way to notice that a chain leads back into itself, be it to its first function or to a later one.
  uint32_t mark = function;
  int next_mark = 1;
  int steps = 0;
  for (uint32_t i = function; i != kNoIndex && steps < kMaxSteps; i = graph_->functions()[i].caller) {
    if (steps > 0 && i == mark) break;
    if (!visit(i)) return false;
    if (++steps != next_mark) continue;
    mark = i;
    next_mark *= 2;
  }
  return true;
}

bool AsyncProof::HoldsFunctions(uint32_t function) {
  return ForChain(function, [this](uint32_t i) { return HoldsFunction(i); });
}

bool AsyncProof::HoldsPromises(uint32_t function) {
  return ForChain(function, [this](uint32_t i) { return HoldsAwait(i) && HoldsOutward(i); });
}

bool AsyncProof::Leads(Tagged from, Tagged to) {
  Goal goal;
  goal.promise = to;
  return Reaches(from, goal);
}

bool AsyncProof::FunctionLeads(uint32_t function, Tagged to) {
  Goal goal;
  goal.promise = to;
  return FromAnyResult(function, goal);
}

bool AsyncProof::Reaches(Tagged from, const Goal& goal) {
  Open open[kMaxOpen] = {{from, 0}};
  int count = 1;
  for (int looked = 0; count > 0 && looked < kMaxPromises; ++looked) {
    const Open at = open[--count];
    bool found = false;
    if (!Expand(at, goal, open, &count, &found)) continue;
    if (found) return true;
  }
  // One of the remaining promises may lead to a function.
  return count > 0 && !goal.promise.IsObject() && !goal.callback.IsObject();
}

bool AsyncProof::Expand(const Open& at, const Goal& goal, Open* open, int* count, bool* found) {
  Tagged next;
  Reaction reaction;
  const bool is_goal = goal.promise.IsObject() && at.promise == goal.promise;
  if (is_goal && ((at.via ^ goal.via) & goal.via_mask) == 0) {
    *found = IsPending(at.promise);
    return true;
  }
  if (!IsPending(at.promise) || !heap_->Load(at.promise, layout_->promise_reactions, &next)) return false;
  for (int i = 0; i < kMaxReactions && next.IsObject() && reader_.Read(next, &reaction); ++i) {
    const bool is_any = !goal.promise.IsObject() && !goal.callback.IsObject() && reaction.function.IsObject();
    const bool is_callback = goal.callback.IsObject() && reaction.callback == goal.callback;
    if (is_any || is_callback) {
      *found = true;
      return true;
    }
    reader_.ForEachPromise(reaction, [&](Tagged promise, uint8_t via) {
      if (*count < kMaxOpen) open[(*count)++] = {promise, static_cast<uint8_t>(at.via | via)};
    });
    // A list that leads back to itself.
    if (reaction.next == next) break;
    next = reaction.next;
  }
  return true;
}

}  // namespace gmr::vm

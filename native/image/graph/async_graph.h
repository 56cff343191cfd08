// AsyncGraph: which suspended function waits for which.
//
// Owns:        lists and tables, all in mappings of their own.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Build(), or until the heap changes: it holds addresses.
//
// Nodes are functions and pending promises; an edge leads from a promise to
// what goes on when it settles, so it points from the innermost await outwards.
// Every promise is looked at once, however many chains run through it.
//
// Handlers that then() was given are functions too, of the kind kCallback, unless an async function is behind
// or in front of them: these chains are that function's.
#ifndef GMR_NATIVE_IMAGE_GRAPH_ASYNC_GRAPH_H_
#define GMR_NATIVE_IMAGE_GRAPH_ASYNC_GRAPH_H_

#include <cstdint>

#include "../../base/containers/address_index.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../scan/heap_scan.h"
#include "reaction_reader.h"

namespace gmr::vm {

using platform::kNoIndex;

// A function that waits. Indices are into functions() and promises().
struct AsyncFunction {
  SuspendedObject suspended;
  uint32_t result = kNoIndex;   // the promise that it settles; none: nobody waits for it
  uint32_t awaited = kNoIndex;  // the promise at its await; none: it is about to go on
  uint32_t caller = kNoIndex;   // who awaits it; of several the first
  // The first .then(callback) above an outermost async function; of CallbackAt().
  uint32_t callback = kNoIndex;
  uint16_t other_callers = 0;
  uint8_t via = 0;              // kVia* between it and its caller
  bool has_callee : 1 = false;  // it is the caller of another one
  bool in_cycle : 1 = false;    // waits for itself, by way of others

  // False: it is about to go on.
  bool waits() const { return awaited != kNoIndex || suspended.kind == SuspendedKind::kHeldCallback; }
};

struct AsyncPromise {
  PendingPromise pending;
  uint32_t first_edge = kNoIndex;    // the oldest
  uint32_t first_source = kNoIndex;  // edges that lead to it
  uint32_t producer = kNoIndex;      // the function whose result it is
  bool is_behind_function = false;   // a function leads to it, by its result or otherwise
};

// A handler that then(), catch() or finally() was given.
struct AsyncCallback {
  Tagged function;
  Tagged reaction;
  uint32_t edge = kNoIndex;  // that it is on
};

struct AsyncEdge {
  uint32_t promise = kNoIndex;
  uint32_t next = kNoIndex;         // of the same promise, a younger one
  uint32_t next_source = kNoIndex;  // to the same target
  uint32_t target = kNoIndex;       // a promise or a function; none: nobody waits further
  uint32_t callback = kNoIndex;     // of CallbackAt()
  bool to_function = false;
  uint8_t via = 0;
};

class AsyncGraph {
 public:
  AsyncGraph(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
             const RawStrings* strings)
      : heap_(heap), reader_(heap, layout, anchors, strings) {}

  // False: no memory, or too much of everything. Takes promises and functions
  // out of the scan.
  bool Build(HeapScan* scan, int64_t deadline_ns);

  const platform::MappedArray<AsyncFunction>& functions() const { return functions_; }
  const platform::MappedArray<AsyncPromise>& promises() const { return promises_; }
  const platform::MappedArray<AsyncEdge>& edges() const { return edges_; }
  // kNoIndex: no pending promise that somebody waits for.
  uint32_t FindPromise(Tagged promise) const;
  // kNoIndex: no suspended async function or generator.
  uint32_t FindFunction(Tagged object) const;
  void MarkInCycle(uint32_t function) { functions_[function].in_cycle = true; }
  // Adds a function that `holder` will call, and which is a property or variable of `owner`. A promise of a
  // library is both. kNoIndex: no room.
  uint32_t AddHeldCallback(Tagged holder, Tagged owner, Tagged function);
  // Records that `caller` waits for the result of `callee`.
  void SetCaller(uint32_t callee, uint32_t caller) {
    functions_[callee].caller = caller;
    functions_[caller].has_callee = true;
  }
  // The promises that a function will settle: more than one only for a generator.
  template <typename Visit>
  void ForEachResult(const AsyncFunction& function, Visit visit) const {
    if (function.suspended.kind != SuspendedKind::kAsyncGenerator) {
      if (function.result != kNoIndex) visit(function.result);
      return;
    }
    ForEachResultObject(function, [&](Tagged object) {
      const uint32_t promise = FindPromise(object);
      if (promise != kNoIndex) visit(promise);
    });
  }
  template <typename Visit>
  void ForEachResultObject(const AsyncFunction& function, Visit visit) const {
    if (function.suspended.kind != SuspendedKind::kAsyncGenerator) {
      visit(function.suspended.result);
      return;
    }
    Tagged request = function.suspended.result;
    Tagged object;
    for (int i = 0; i < kMaxRequests && reader_.ReadRequest(&request, &object); ++i) visit(object);
  }
  // The reaction by which a function goes on; 0: it awaits nothing.
  Tagged FindReaction(uint32_t function);
  // The program's function that was given to then().
  Tagged CallbackAt(uint32_t index) const { return callbacks_[index].function; }
  // At the deadline some promises had not been looked at: who waits for them is
  // not known to wait.
  bool is_late() const { return is_late_; }
  // Some handlers are not among the functions: there was no time for them, or they are too many.
  bool lacks_callbacks() const { return lacks_callbacks_; }

 private:
  // What a promise leads to, once found out.
  struct Outcome {
    uint32_t edge = kNoIndex;  // the next to look at
    uint32_t caller = kNoIndex;
    uint32_t callback = kNoIndex;
    uint16_t callers = 0;
    uint8_t via = 0;           // before the caller
    uint8_t callback_via = 0;  // before the callback
    uint8_t state = 0;
  };

  static constexpr uint8_t kUnknown = 0;
  static constexpr uint8_t kOnPath = 1;
  static constexpr uint8_t kSettled = 2;

  static constexpr size_t kMaxFunctions = 4'000'000;
  static constexpr size_t kMaxPromises = 16'000'000;
  static constexpr size_t kMaxEdges = 32'000'000;
  static constexpr size_t kMaxCallbacks = 1'000'000;
  static constexpr int kMaxRequests = 1000;
  static constexpr int kMaxReactions = 1000;

  void OpenPageOf(uint32_t promise);
  bool AddFunctions(HeapScan* scan);
  bool AddPromises(HeapScan* scan);
  bool AddEdges(int64_t deadline_ns);
  bool AddEdgesOf(uint32_t promise, int64_t deadline_ns);
  bool Connect(uint32_t promise, const Reaction& reaction);
  bool ConnectAll(uint32_t promise, const Reaction& reaction);
  uint32_t FunctionFor(const Reaction& reaction);
  void MarkProducer(uint32_t function);

  bool FindCallers();
  bool FollowPromise(uint32_t promise);
  bool Settle(uint32_t promise, uint32_t* next);
  void TakeOutcome(uint32_t function);

  // In async_callbacks.cc.
  bool AddCallbacks(int64_t deadline_ns);
  bool MarkBehindFunctions();
  bool IsOfFunction(uint32_t callback) const;
  bool AddCallbackChain(uint32_t callback);
  uint32_t AddCallback(uint32_t callback);

  const HeapReader* heap_;
  ReactionReader reader_;
  platform::MappedArray<AsyncFunction> functions_{kMaxFunctions};
  platform::MappedArray<AsyncPromise> promises_{kMaxPromises};
  platform::MappedArray<AsyncEdge> edges_{kMaxEdges};
  platform::MappedArray<AsyncCallback> callbacks_{kMaxPromises};
  platform::AddressIndex function_index_;
  platform::AddressIndex promise_index_;
  // Functions that were found behind a promise, after the others.
  platform::NumberTable driven_{kMaxFunctions};
  platform::MappedArray<Outcome> outcomes_{kMaxPromises};
  platform::MappedArray<uint32_t> path_{kMaxPromises};
  // For each handler, its index in functions_.
  platform::MappedArray<uint32_t> function_of_{kMaxPromises};
  size_t callback_functions_ = 0;
  platform::Address open_page_;
  bool is_late_ = false;
  bool lacks_callbacks_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GRAPH_ASYNC_GRAPH_H_

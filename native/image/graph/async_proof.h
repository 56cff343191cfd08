// AsyncProof: whether what a scan found of a suspended function still is so, read from fresh memory.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the graph.
//
// A scan beside running JavaScript reads one page now and another one later, so what it put together may
// never have been true at one moment. A function stays where it is as long as the promise that it awaits is
// pending. So all functions are looked at first, and all promises after them: if these are still pending,
// with the same functions waiting, the whole was true when the functions were looked at. This holds while no
// collection moves objects: compare the epochs (gc_epoch.h) of before and after.
#ifndef GMR_NATIVE_IMAGE_GRAPH_ASYNC_PROOF_H_
#define GMR_NATIVE_IMAGE_GRAPH_ASYNC_PROOF_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "async_graph.h"

namespace gmr::vm {

class AsyncProof {
 public:
  AsyncProof(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
             const RawStrings* strings, const AsyncGraph* graph)
      : heap_(heap), layout_(layout), graph_(graph), reader_(heap, layout, anchors, strings) {}

  // Tells whether a kHeldCallback is still held. Without it, none is.
  void SetHeld(std::function<bool(uint32_t function)> holds) { holds_ = std::move(holds); }
  // Before each proof: what was remembered may be out of date.
  void Reset() { reader_.Reset(); }
  // Whether the function itself is suspended where it was. For a callback, that is HoldsAwait().
  bool HoldsFunction(uint32_t function);
  // Whether `function` and all of its callers are suspended where they were.
  bool HoldsFunctions(uint32_t function);
  // After that, and after MemoryReader::Forget(): whether the promises that they await, and those between
  // them, are as the graph says, and the outermost one has no caller that the graph does not know.
  bool HoldsPromises(uint32_t function);
  // Whether the promise that `function` awaits is pending, and the function goes on when it settles.
  bool HoldsAwait(uint32_t function);
  // Whether `from` is pending and settles `to`, itself or by way of other pending promises.
  bool Leads(Tagged from, Tagged to);
  // Whether a promise that `function` settles is pending and leads to `to`.
  bool FunctionLeads(uint32_t function, Tagged to);
  bool IsPending(Tagged promise) const;

 private:
  // What Reaches() looks for.
  struct Goal {
    Tagged promise;   // 0: any function
    Tagged callback;  // or a function that was given to then(); 0: none
    uint8_t via = 0;  // what must stand between, of the kinds in `via_mask`
    uint8_t via_mask = 0;
  };
  struct Open {
    Tagged promise;
    uint8_t via = 0;
  };

  static constexpr int kMaxSteps = 100'000;
  // Promises between a function and its caller, with all branches.
  static constexpr int kMaxOpen = 64;
  static constexpr int kMaxPromises = 10'000;
  static constexpr int kMaxReactions = 1000;

  // Visits the function and its callers while `visit` returns true, each once.
  template <typename Visit>
  bool ForChain(uint32_t function, Visit visit) const;
  bool HoldsOutward(uint32_t function);
  bool HoldsHandler(const AsyncFunction& callback);
  bool FromAnyResult(uint32_t function, const Goal& goal);
  bool Reaches(Tagged from, const Goal& goal);
  // Checks whether `at` is the goal, and adds the promises that depend on it to `open`. False: `at` is a dead
  // end.
  bool Expand(const Open& at, const Goal& goal, Open* open, int* count, bool* found);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const AsyncGraph* graph_;
  ReactionReader reader_;
  std::function<bool(uint32_t function)> holds_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GRAPH_ASYNC_PROOF_H_

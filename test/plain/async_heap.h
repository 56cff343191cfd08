// AsyncHeap: promises and suspended functions in pages of V8's, as V8 11.3 lays them out.
//
// Owns:        what CodeHeap does.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    of a test.
#ifndef GMR_TEST_PLAIN_ASYNC_HEAP_H_
#define GMR_TEST_PLAIN_ASYNC_HEAP_H_

#include "../../native/image/graph/async_graph.h"
#include "../../native/image/objects/heap_pages.h"
#include "../../native/image/scan/heap_scan.h"
#include "code_heap.h"

namespace gmr::test {

class AsyncHeap : public CodeHeap {
 public:
  // What the pages say whose they are.
  static constexpr platform::Address kHeap{0x2b00'0000'1000};
  // A builtin that goes on with a suspended function.
  static constexpr int32_t kAwaitBuiltin = 500;
  // Where in its bytecode a function waits, and where that is in its source.
  static constexpr int32_t kWaitsAt = 10;
  static constexpr int32_t kPosition = 6;

  AsyncHeap();

  Tagged Promise(Tagged reactions = Smi(0), int32_t status = 0);
  // In front of what reacts to the promise already.
  Tagged React(Tagged promise, Tagged fulfill, Tagged reject, Tagged target);
  Tagged Context(const std::vector<Tagged>& slots);
  // With the elements that the scan recognises.
  Tagged Closure(Tagged shared, Tagged context);
  Tagged Builtin(int32_t number, const std::vector<Tagged>& slots) {
    return Closure(SharedOfBuiltin(number), Context(slots));
  }
  // The pair that `new Promise` gives its executor.
  Tagged Resolver(Tagged promise) {
    return Closure(anchors.resolve_shared, Context({Smi(0), Smi(0), promise}));
  }
  Tagged Rejecter(Tagged promise) {
    return Closure(anchors.reject_shared, Context({Smi(0), Smi(0), promise}));
  }
  Tagged Capability(Tagged promise);

  // An async function of this name that settles `promise`.
  Tagged Suspended(std::string_view name, Tagged promise);
  Tagged UserFunction(std::string_view name);
  // `function` goes on when `promise` is fulfilled.
  void Await(Tagged promise, Tagged function);
  // `result` is that of Promise.all([promise]) or the like.
  void All(Tagged promise, Tagged result, int32_t builtin = 1279);
  void Then(Tagged promise, Tagged callback, Tagged result);

  platform::ProcMaps Maps() const;
  // Fills `pages` with those of this heap.
  bool FindPages(const platform::ProcMaps& maps, bool with_large);
  vm::HeapScan::Outcome Scan();
  // Scans, too.
  bool BuildGraph();
  // Of the graph, by the address of its object.
  const vm::AsyncFunction& FunctionOf(Tagged object) const;
  uint32_t IndexOf(Tagged object) const;

  vm::HeapLayout heap_layout = HeapLayoutOfNode20();
  vm::HeapAnchors anchors;
  std::unique_ptr<vm::HeapPages> pages;
  std::unique_ptr<vm::HeapScan> scan;
  std::unique_ptr<vm::AsyncGraph> graph;
};

// Two functions, of which a test makes each wait for the other.
struct Cycle : AsyncHeap {
  Tagged first_promise = Promise();
  Tagged second_promise = Promise();
  Tagged first = Suspended("first", first_promise);
  Tagged second = Suspended("second", second_promise);
};

}  // namespace gmr::test

#endif  // GMR_TEST_PLAIN_ASYNC_HEAP_H_

// AsyncCycles: functions that wait for themselves, by way of others.
//
// Owns:        work space, in mappings of its own.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    for one Run().
//
// Only waits that nothing else can end count: an await, then(), Promise.all and
// allSettled. A race, and whatever holds a resolver, may end without the cycle;
// so may Promise.all while another one of its promises may still be rejected.
#ifndef GMR_NATIVE_IMAGE_GRAPH_ASYNC_CYCLES_H_
#define GMR_NATIVE_IMAGE_GRAPH_ASYNC_CYCLES_H_

#include "async_graph.h"

namespace gmr::vm {

class AsyncCycles {
 public:
  explicit AsyncCycles(AsyncGraph* graph) : graph_(graph) {}

  // Marks them in the graph. False: no memory.
  bool Run();

 private:
  // Functions come first, then promises.
  using Node = uint32_t;
  struct Step {
    Node node = 0;
    uint32_t next = 0;  // the next edge or result to look at
  };

  static constexpr size_t kMaxNodes = 20'000'000;
  static constexpr uint32_t kMaxResults = 16;
  static constexpr int kMaxPasses = 8;

  bool FindAll();
  // Marks each Promise.all in a cycle that also waits for a promise outside of it. `any`: a new one was
  // found. False: no memory.
  bool NoteOtherEnds(bool* any);
  bool Enter(Node node);
  bool Explore(Node root);
  // False: no further successor.
  bool NextSuccessor(Step* step, Node* successor) const;
  void Close(Node node);

  AsyncGraph* graph_;
  uint32_t functions_ = 0;
  uint32_t entered_ = 0;
  bool marks_ = false;
  bool has_cycle_ = false;
  // Tarjan's numbers; 0: not entered, kNoIndex: in a component that is done, whose number is then in `low_`.
  platform::MappedArray<uint32_t> order_{kMaxNodes};
  platform::MappedArray<uint32_t> low_{kMaxNodes};
  platform::MappedArray<Node> open_{kMaxNodes};
  platform::MappedArray<Step> path_{kMaxNodes};
  // By promise: 1 for that of a Promise.all that a promise outside of its cycle may reject. Empty: not known
  // yet.
  platform::MappedArray<uint8_t> ends_otherwise_{kMaxNodes};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GRAPH_ASYNC_CYCLES_H_

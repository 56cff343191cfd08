// Functions of the service that objects of libraries hold, as functions that wait.

#include "../../native/image/callbacks/held_callbacks.h"
#include "async_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::CallbackRow;
using vm::kNoIndex;
using vm::OpenRows;

constexpr std::string_view kRow =
    "Promise\t?_bitField&6=0\t^_handler|_reject>_next\t^0|1>2\n"
    "Pool\t^_queue.*.callback\t^_queue.*.callback.(done)\n";

struct Held : AsyncHeap {
  OpenRows rows = OpenRows::Parse(kRow);
  vm::HeldCallbacks held{&objects, &heap_layout, &anchors, &strings, functions.get()};
  vm::CallbackHolders holders{&rows, {}};

  Tagged Function(std::string_view name, std::string_view file, Tagged context = Smi(0)) {
    return Closure(Shared({.name = name, .script = Script(file, "let a;\nlet b;\n"), .start = 1}), context);
  }
  // A promise of a library, with these bits, this handler and the promise behind it.
  Tagged Library(int32_t bits, Tagged handler, Tagged next) {
    const Tagged object = ObjectWith({{OneByte("_bitField"), Smi(bits)},
                                      {OneByte("_handler"), handler},
                                      {OneByte("_reject"), Smi(0)},
                                      {OneByte("_next"), next}});
    holders.objects.push_back({object, 0});
    return object;
  }
  bool Add() {
    CHECK(BuildGraph());
    return held.AddTo(graph.get(), holders, INT64_MAX);
  }
  uint32_t IndexOfCallback(Tagged function) const {
    for (uint32_t i = 0; i < graph->functions().size(); ++i) {
      if (graph->functions()[i].suspended.function == function) return i;
    }
    return kNoIndex;
  }
};

TEST("CallbackRow reads the words of a row") {
  const OpenRows rows = OpenRows::Parse(kRow);
  const CallbackRow chain = CallbackRow::From(rows.rows()[0]);
  CHECK_EQ(chain.conditions.size(), 1);
  CHECK_EQ(chain.conditions[0].path.text, "_bitField");
  CHECK_EQ(chain.conditions[0].mask, 6);
  CHECK_EQ(chain.conditions[0].value, "0");
  CHECK_EQ(chain.paths.size(), 2);
  CHECK(chain.paths[0].is_chain());
  CHECK_EQ(chain.paths[0].handlers.size(), 2);
  CHECK_EQ(chain.paths[0].next.text, "_next");
  const CallbackRow queue = CallbackRow::From(rows.rows()[1]);
  CHECK(!queue.paths[1].is_chain());
  CHECK_EQ(queue.paths[1].parts.size(), 2);
  CHECK_EQ(queue.paths[1].parts[0].path.steps.size(), 3);
  CHECK_EQ(queue.paths[1].parts[1].variable, "done");
}

TEST("HeldCallbacks adds the handlers of pending promises of a library, with their callers") {
  Held heap;
  const Tagged first = heap.Function("parse", "/srv/app.js");
  const Tagged second = heap.Function("answer", "/srv/app.js");
  const Tagged inner = heap.Function("inner", "/srv/node_modules/lib/index.js");
  const Tagged last = heap.Library(0, second, Heap::Smi(0));
  const Tagged between = heap.Library(1, inner, last);
  heap.Library(8, first, between);
  const Tagged settled = heap.Function("old", "/srv/app.js");
  heap.Library(4, settled, Heap::Smi(0));
  CHECK(heap.Add());
  CHECK_EQ(heap.graph->functions().size(), 2);
  const uint32_t index = heap.IndexOfCallback(first);
  CHECK(index != kNoIndex && heap.IndexOfCallback(settled) == kNoIndex);
  CHECK_EQ(heap.graph->functions()[index].caller, heap.IndexOfCallback(second));
  CHECK(!heap.graph->functions()[index].has_callee);
  CHECK(heap.graph->functions()[heap.IndexOfCallback(second)].has_callee);
  CHECK(heap.graph->functions()[index].waits());
}

TEST("HeldCallbacks leaves a chain to the async function that awaits its end") {
  Held heap;
  const Tagged promise = heap.Promise();
  heap.Await(promise, heap.Suspended("main", heap.Promise()));
  const Tagged end = heap.Library(0, heap.Resolver(promise), Heap::Smi(0));
  heap.Library(0, heap.Function("parse", "/srv/app.js"), end);
  CHECK(heap.Add());
  CHECK_EQ(heap.graph->functions().size(), 1);
}

TEST("HeldCallbacks finds functions of the service in the variables of those of a library") {
  Held heap;
  const Tagged done = heap.Function("onClient", "/srv/app.js");
  const Tagged info = heap.ScopeInfo({.name = "query", .start = 7, .names = {"done"}});
  const Tagged context = heap.CodeHeap::Context(info, Heap::Smi(0), {done});
  const Tagged wrapper = heap.Function("", "/srv/node_modules/lib/index.js", context);
  const Tagged direct = heap.Function("direct", "/srv/app.js");
  const Tagged of_node = heap.Function("own", "node:net");
  const auto item = [&](Tagged callback) { return heap.ObjectWith({{heap.OneByte("callback"), callback}}); };
  const Tagged queue = heap.ObjectWith({});
  heap.Set(queue, heap.heap_layout.object_elements,
           heap.Array({item(wrapper), item(direct), item(of_node), item(direct)}));
  const Tagged pool = heap.ObjectWith({{heap.OneByte("_queue"), queue}});
  heap.holders.objects.push_back({pool, 1});
  CHECK(heap.Add());
  // It is in the queue twice.
  CHECK_EQ(heap.graph->functions().size(), 3);
  CHECK(heap.IndexOfCallback(done) != kNoIndex);
  CHECK(heap.IndexOfCallback(direct) != kNoIndex);
}

TEST("HeldCallbacks leaves a function that settles a promise to who awaits that") {
  Held heap;
  const Tagged promise = heap.Promise();
  heap.Await(promise, heap.Suspended("main", heap.Promise()));
  const Tagged info = heap.ScopeInfo({.start = 7, .names = {"resolve"}});
  const Tagged context = heap.CodeHeap::Context(info, Heap::Smi(0), {heap.Resolver(promise)});
  heap.Library(0, heap.Function("done", "/srv/app.js", context), Heap::Smi(0));
  CHECK(heap.Add());
  CHECK_EQ(heap.graph->functions().size(), 1);
}

TEST("HeldCallbacks tells what is still held") {
  Held heap;
  const Tagged handler = heap.Function("parse", "/srv/app.js");
  const Tagged pending = heap.Library(0, handler, Heap::Smi(0));
  CHECK(heap.Add());
  const uint32_t index = heap.IndexOfCallback(handler);
  heap.reader.Forget();
  CHECK(heap.held.Holds(index));
  // The first property.
  heap.Set(pending, 24, Heap::Smi(2));
  heap.reader.Forget();
  CHECK(!heap.held.Holds(index));
  CHECK(!heap.held.Holds(index + 1));
}

}  // namespace

}  // namespace gmr::test

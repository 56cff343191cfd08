// Handlers of then(), with and without async functions around them, as functions that wait.

#include "../../native/image/graph/async_cycles.h"
#include "../../native/image/graph/async_proof.h"
#include "../../native/image/green/async_groups.h"
#include "../../native/image/green/async_places.h"
#include "async_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::AsyncFunction;
using vm::GroupKind;
using vm::kNoIndex;
using vm::SuspendedKind;

struct Chains : AsyncHeap {
  std::unique_ptr<vm::AsyncPlaces> places =
      std::make_unique<vm::AsyncPlaces>(&objects, &heap_layout, &strings, &arena);
  vm::AsyncGroups groups{places.get()};
  vm::AsyncProof proof{&objects, &heap_layout, &anchors, &strings, graph.get()};

  bool Build() { return BuildGraph() && vm::AsyncCycles(graph.get()).Run() && groups.Build(*graph, false); }
  Tagged Handler(std::string_view name, std::string_view file, Tagged context = Smi(0)) {
    return Closure(Shared({.name = name, .script = Script(file, "let a;\nlet b;\n"), .start = 1}), context);
  }
  // A promise that then() made of `promise`.
  Tagged ThenNew(Tagged promise, Tagged handler) {
    const Tagged result = Promise();
    Then(promise, handler, result);
    return result;
  }
  // kNoIndex: the handler is not in the graph as a function.
  uint32_t IndexOfHandler(Tagged handler) const {
    for (uint32_t i = 0; i < graph->functions().size(); ++i) {
      const vm::SuspendedObject& suspended = graph->functions()[i].suspended;
      if (suspended.kind == SuspendedKind::kCallback && suspended.function == handler) return i;
    }
    return kNoIndex;
  }
  const AsyncFunction& HandlerAt(Tagged handler) const {
    const uint32_t index = IndexOfHandler(handler);
    CHECK(index != kNoIndex);
    return graph->functions()[index];
  }
  std::string NameOf(uint32_t chain) const { return (*places)[groups.chains()[chain].place].name; }
};

TEST("AsyncGraph takes the handlers of a chain of then() for functions, the first one innermost") {
  Chains heap;
  const Tagged promise = heap.Promise();
  const Tagged first = heap.UserFunction("parse");
  const Tagged second = heap.UserFunction("answer");
  heap.ThenNew(heap.ThenNew(promise, first), second);
  CHECK(heap.Build());
  CHECK_EQ(heap.graph->functions().size(), 2);
  CHECK_EQ(heap.HandlerAt(first).caller, heap.IndexOfHandler(second));
  CHECK_EQ(heap.HandlerAt(first).awaited, heap.graph->FindPromise(promise));
  CHECK(!heap.HandlerAt(first).has_callee && heap.HandlerAt(second).has_callee);
  CHECK_EQ(heap.groups.groups().size(), 1);
  CHECK(heap.groups.groups()[0].kind == GroupKind::kCallbacks);
  CHECK_EQ(heap.NameOf(heap.groups.groups()[0].chain), "parse");
  CHECK_EQ(heap.groups.threads(), 1);
  CHECK_EQ(heap.groups.callbacks(), 1);
  CHECK_EQ(heap.groups.functions(), 0);
}

TEST("AsyncGraph leaves a handler to the suspended function that its chain leads to") {
  Chains heap;
  const Tagged handler = heap.UserFunction("parse");
  heap.Await(heap.ThenNew(heap.Promise(), handler), heap.Suspended("main", heap.Promise()));
  CHECK(heap.Build());
  CHECK_EQ(heap.IndexOfHandler(handler), kNoIndex);
  CHECK_EQ(heap.groups.callbacks(), 0);
  CHECK_EQ(heap.groups.functions(), 1);
}

TEST("AsyncGraph leaves a handler to the suspended function whose result it is for") {
  Chains heap;
  const Tagged result = heap.Promise();
  const Tagged handler = heap.UserFunction("done");
  heap.Await(heap.Promise(), heap.Suspended("work", result));
  heap.ThenNew(heap.ThenNew(result, handler), heap.UserFunction("after"));
  CHECK(heap.Build());
  CHECK_EQ(heap.graph->functions().size(), 1);
}

TEST("AsyncGraph takes each handler of the same promise for a chain of its own") {
  Chains heap;
  const Tagged promise = heap.Promise();
  const Tagged awaited = heap.Suspended("main", heap.Promise());
  const Tagged handler = heap.UserFunction("show");
  heap.Await(promise, awaited);
  for (int i = 0; i < 3; ++i) heap.ThenNew(promise, handler);
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.callbacks(), 3);
  CHECK_EQ(heap.groups.groups().size(), 2);
  CHECK(heap.groups.groups()[0].kind == GroupKind::kFunctions);
  CHECK_EQ(heap.groups.groups()[0].count, 1);
  CHECK_EQ(heap.groups.groups()[1].count, 3);
}

TEST("AsyncGraph takes no function for a handler of then() where then() would have returned no promise") {
  Chains heap;
  heap.React(heap.Promise(), heap.UserFunction("other"), AsyncHeap::Smi(0), AsyncHeap::Smi(0));
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.callbacks(), 0);
}

TEST("AsyncGraph follows Promise.all and a promise resolved with another from handler to handler") {
  Chains heap;
  const Tagged all = heap.Promise();
  const Tagged outer = heap.Promise();
  const Tagged first = heap.UserFunction("load");
  const Tagged second = heap.UserFunction("merge");
  heap.All(heap.ThenNew(heap.Promise(), first), all);
  heap.React(all, heap.Resolver(outer), heap.Rejecter(outer), heap.Smi(0));
  heap.ThenNew(outer, second);
  CHECK(heap.Build());
  CHECK_EQ(heap.HandlerAt(first).caller, heap.IndexOfHandler(second));
  CHECK_EQ(heap.HandlerAt(first).via, vm::kViaAll | vm::kViaResolve);
  CHECK_EQ(heap.groups.callbacks(), 1);
}

TEST("AsyncGraph shows a handler behind Promise.all of a handler and a function as a caller of both") {
  Chains heap;
  const Tagged all = heap.Promise();
  const Tagged result = heap.Promise();
  const Tagged load = heap.UserFunction("load");
  const Tagged merge = heap.UserFunction("merge");
  heap.Await(heap.Promise(), heap.Suspended("work", result));
  heap.All(result, all);
  heap.All(heap.ThenNew(heap.Promise(), load), all);
  heap.ThenNew(all, merge);
  CHECK(heap.Build());
  CHECK_EQ(heap.HandlerAt(load).caller, heap.IndexOfHandler(merge));
  CHECK_EQ(heap.groups.groups().size(), 2);
  CHECK_EQ(heap.groups.callbacks(), 1);
}

TEST("AsyncGraph leaves handlers to the generator for which a compiler's helper made them") {
  Chains heap;
  const Tagged generator = heap.Object(heap.heap_layout.type_generator, 12);
  heap.Set(generator, heap.heap_layout.generator_function, heap.UserFunction("driven"));
  heap.Set(generator, heap.heap_layout.generator_position, Heap::Smi(63));
  const Tagged context = heap.Context({Heap::Smi(0), Heap::Smi(0), heap.Resolver(heap.Promise()), generator});
  const Tagged step = heap.ThenNew(heap.Promise(), heap.Handler("fulfilled", "/srv/app.js", context));
  heap.ThenNew(heap.ThenNew(step, heap.UserFunction("onThrow")), heap.UserFunction("more"));
  CHECK(heap.Build());
  CHECK_EQ(heap.graph->functions().size(), 1);
  CHECK_EQ(heap.groups.callbacks(), 0);
}

TEST("AsyncGraph reads the function behind bind(), and that of finally()") {
  Chains heap;
  heap.heap_layout.type_bound_function = 2065;
  heap.heap_layout.bound_target = 24;
  heap.heap_layout.bound_receiver = 32;
  heap.heap_layout.bound_arguments = 40;
  const Tagged handler = heap.UserFunction("onRow");
  const Tagged bound = heap.Object(2065, 6);
  heap.Set(bound, 24, handler);
  heap.Set(bound, 32, heap.Smi(0));
  heap.Set(bound, 40, heap.Array({}));
  heap.ThenNew(heap.Promise(), bound);
  const Tagged release = heap.UserFunction("release");
  const std::vector<Tagged> slots = {Heap::Smi(0), Heap::Smi(0), release, heap.Builtin(300, {})};
  heap.React(heap.Promise(), heap.Builtin(301, slots), heap.Builtin(302, slots), heap.Promise());
  CHECK(heap.Build());
  CHECK(heap.IndexOfHandler(handler) != kNoIndex);
  CHECK(heap.IndexOfHandler(release) != kNoIndex);
}

TEST("AsyncGroups omits handlers of Node alone, and lists those of packages last") {
  Chains heap;
  const Tagged inner = heap.Handler("inner", "node:internal/webstreams/util");
  heap.ThenNew(heap.Promise(), heap.Handler("noop", "node:internal/webstreams/util"));
  for (int i = 0; i < 2; ++i)
    heap.ThenNew(heap.Promise(), heap.Handler("keep", "/srv/node_modules/ws/lib/keep.js"));
  heap.ThenNew(heap.ThenNew(heap.Promise(), inner), heap.Handler("mine", "/srv/app.js"));
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.callbacks(), 3);
  CHECK_EQ(heap.groups.groups().size(), 2);
  CHECK_EQ(heap.NameOf(heap.groups.groups()[0].chain), "inner");
  CHECK(heap.groups.groups()[0].kind == GroupKind::kCallbacks);
  CHECK_EQ(heap.NameOf(heap.groups.groups()[1].chain), "keep");
  CHECK(heap.groups.groups()[1].kind == GroupKind::kPackageCallbacks);
}

TEST("AsyncGroups claims no deadlock of handlers that lead back to themselves") {
  Chains heap;
  const Tagged promise = heap.Promise();
  const Tagged result = heap.ThenNew(promise, heap.UserFunction("again"));
  heap.React(result, heap.Resolver(promise), heap.Rejecter(promise), heap.Smi(0));
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.groups().size(), 1);
  CHECK(!heap.groups.groups()[0].is_closed_cycle);
  CHECK(!heap.groups.chains()[heap.groups.groups()[0].chain].in_cycle);
}

TEST("AsyncPlaces knows the function around a handler without a name") {
  Chains heap;
  const Tagged info = heap.ScopeInfo({.name = "createOrder", .start = 7, .names = {"id"}});
  const Tagged block = heap.ScopeInfo({.start = 9, .names = {"x"}, .scope_type = 6});
  const Tagged around = heap.CodeHeap::Context(info, Heap::Smi(0), {Heap::Smi(1)});
  const Tagged inside = heap.CodeHeap::Context(block, around, {Heap::Smi(1)});
  const uint32_t anonymous = heap.places->FindCallback(heap.Handler("", "/srv/app.js", inside));
  CHECK_EQ((*heap.places)[anonymous].enclosing_name, "createOrder");
  const uint32_t named = heap.places->FindCallback(heap.Handler("onRow", "/srv/app.js", inside));
  CHECK_EQ((*heap.places)[named].enclosing_name, "");
  const Tagged file = heap.ScopeInfo({.start = 0, .names = {"seats"}});
  const Tagged top = heap.CodeHeap::Context(file, Heap::Smi(0), {Heap::Smi(1)});
  const uint32_t outer = heap.places->FindCallback(heap.Handler("", "/srv/other.js", top));
  CHECK_EQ((*heap.places)[outer].enclosing_name, "");
}

TEST("AsyncProof holds for a handler as long as its promise is pending and has it") {
  Chains heap;
  const Tagged promise = heap.Promise();
  const Tagged result = heap.Promise();
  const Tagged first = heap.UserFunction("parse");
  heap.Then(promise, first, result);
  heap.ThenNew(result, heap.UserFunction("answer"));
  CHECK(heap.BuildGraph());
  const uint32_t index = heap.IndexOfHandler(first);
  const auto holds = [&] {
    heap.reader.Forget();
    heap.proof.Reset();
    return heap.proof.HoldsFunctions(index) && heap.proof.HoldsPromises(index);
  };
  CHECK(holds());
  // Another handler in front of it changes nothing.
  heap.ThenNew(promise, heap.UserFunction("other"));
  CHECK(holds());
  heap.Set(promise, heap.heap_layout.promise_flags, Heap::Smi(1));
  CHECK(!holds());
}

}  // namespace

}  // namespace gmr::test

// Who waits for whom: handlers, reactions, graphs and cycles of suspended functions.

#include "../../native/image/graph/async_cycles.h"
#include "async_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::AsyncFunction;
using vm::Handler;
using vm::kNoIndex;
using vm::Reaction;

TEST("HandlerReader knows builtins and the program's functions") {
  AsyncHeap heap;
  const vm::HandlerReader handlers(&heap.objects, &heap.heap_layout);
  Handler handler;
  CHECK(handlers.Read(heap.Builtin(500, {}), &handler));
  CHECK_EQ(handler.builtin, 500);
  CHECK(handlers.Read(heap.UserFunction("callback"), &handler));
  CHECK_EQ(handler.builtin, -1);
  CHECK(!handlers.Read(heap.Promise(), &handler));
  CHECK(!handlers.Read(Heap::Smi(0), &handler));
}

TEST("HandlerReader finds the function that an await goes on with") {
  AsyncHeap heap;
  const vm::HandlerReader handlers(&heap.objects, &heap.heap_layout);
  const Tagged suspended = heap.Suspended("wait", heap.Promise());
  Handler handler;
  CHECK(handlers.Read(heap.Builtin(500, {Heap::Smi(0), Heap::Smi(0), suspended}), &handler));
  CHECK(handlers.FunctionOf(handler) == suspended);
  CHECK(handlers.Read(heap.Builtin(500, {Heap::Smi(0), Heap::Smi(0), heap.Promise()}), &handler));
  CHECK(handlers.FunctionOf(handler) == Tagged());
  CHECK(handlers.Read(heap.Closure(heap.SharedOfBuiltin(500), Heap::Smi(0)), &handler));
  CHECK(handlers.FunctionOf(handler) == Tagged());
}

TEST("HandlerReader says nothing of a promise for which several wait") {
  AsyncHeap heap;
  const vm::HandlerReader handlers(&heap.objects, &heap.heap_layout);
  const Tagged promise = heap.Promise();
  const Tagged suspended = heap.Suspended("wait", heap.Promise());
  const auto sole = [&] {
    Tagged reactions;
    CHECK(heap.objects.Load(promise, heap.heap_layout.promise_reactions, &reactions));
    return handlers.SoleFunctionOf(reactions);
  };
  heap.Await(promise, suspended);
  CHECK(sole() == suspended);
  heap.Await(promise, suspended);
  CHECK(sole() == Tagged());
}

struct Reactions : AsyncHeap {
  vm::ReactionReader reactions{&objects, &heap_layout, &anchors, &strings};
  Tagged promise = Promise();
  Tagged result = Promise();
  Reaction reaction;

  bool Read() {
    Tagged newest;
    CHECK(objects.Load(promise, heap_layout.promise_reactions, &newest));
    return reactions.Read(newest, &reaction);
  }
};

TEST("ReactionReader reads an await") {
  Reactions heap;
  const Tagged suspended = heap.Suspended("wait", heap.result);
  heap.Await(heap.promise, suspended);
  CHECK(heap.Read());
  CHECK(heap.reaction.function == suspended);
  CHECK_EQ(heap.reaction.via, 0);
  CHECK(!heap.reaction.next.IsObject());
}

TEST("ReactionReader reads Promise.all and allSettled") {
  Reactions heap;
  heap.All(heap.promise, heap.result);
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaAll);
  CHECK(heap.reaction.promise == heap.result);
  heap.All(heap.promise, heap.result, heap.heap_layout.builtin_all_settled);
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaAllSettled);
  CHECK(heap.reaction.next.IsObject());
}

TEST("ReactionReader reads Promise.any") {
  Reactions heap;
  const Tagged element = heap.Builtin(
      heap.heap_layout.builtin_any, {Heap::Smi(0), Heap::Smi(0), Heap::Smi(0), heap.Capability(heap.result)});
  heap.React(heap.promise, heap.Resolver(heap.result), element, heap.Promise());
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaAny);
  CHECK(heap.reaction.promise == heap.result);
}

TEST("ReactionReader reads a promise that was resolved with another") {
  Reactions heap;
  heap.React(heap.promise, heap.Resolver(heap.result), heap.Rejecter(heap.result), Heap::Smi(0));
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaResolve);
  CHECK(heap.reaction.promise == heap.result);
}

TEST("ReactionReader reads then() that settles another promise, and the one that it returned") {
  Reactions heap;
  const Tagged derived = heap.Promise();
  heap.React(heap.promise, heap.Resolver(heap.result), heap.Rejecter(heap.result), derived);
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaResolve);
  CHECK(heap.reaction.promise == heap.result);
  CHECK(heap.reaction.derived == derived);
}

TEST("ReactionReader reads then(), with the program's function") {
  Reactions heap;
  const Tagged callback = heap.UserFunction("onData");
  heap.Then(heap.promise, callback, heap.result);
  CHECK(heap.Read());
  CHECK_EQ(heap.reaction.via, vm::kViaThen);
  CHECK(heap.reaction.callback == callback);
  CHECK(heap.reaction.promise == heap.result);
}

TEST("ReactionReader reads then() without a function, and by a capability") {
  Reactions heap;
  heap.React(heap.promise, Heap::Smi(0), Heap::Smi(0), heap.Capability(heap.result));
  CHECK(heap.Read());
  CHECK(heap.reaction.promise == heap.result);
  CHECK_EQ(heap.reaction.via, 0);
  heap.React(heap.promise, Heap::Smi(0), Heap::Smi(0), heap.Array({}));
  CHECK(heap.Read());
  CHECK(heap.reaction.promise == Tagged());
}

TEST("ReactionReader finds the generator that a compiler's helper drives") {
  Reactions heap;
  const Tagged generator = heap.Object(heap.heap_layout.type_generator, 12);
  heap.Set(generator, heap.heap_layout.generator_function, heap.UserFunction("driven"));
  heap.Set(generator, heap.heap_layout.generator_position, Heap::Smi(63));
  const Tagged context = heap.Context({Heap::Smi(0), Heap::Smi(0), heap.Resolver(heap.result), generator});
  const Tagged script = heap.Script("helper.js", "");
  heap.Then(heap.promise, heap.Closure(heap.Shared({.name = "fulfilled", .script = script}), context),
            heap.Promise());
  CHECK(heap.Read());
  CHECK(heap.reaction.is_driven);
  CHECK(heap.reaction.function == generator);
  CHECK(heap.reaction.driven.result == heap.result);
  CHECK_EQ(heap.reaction.driven.position, 63);
}

TEST("ReactionReader refuses what is no reaction") {
  Reactions heap;
  Reaction reaction;
  CHECK(!heap.reactions.Read(heap.Promise(), &reaction));
  CHECK(!heap.reactions.Read(Heap::Smi(0), &reaction));
}

TEST("AsyncGraph finds the caller of a function") {
  AsyncHeap heap;
  const Tagged inner_promise = heap.Promise();
  const Tagged timer = heap.Promise();
  const Tagged inner = heap.Suspended("inner", inner_promise);
  const Tagged outer = heap.Suspended("outer", heap.Promise());
  heap.Await(timer, inner);
  heap.Await(inner_promise, outer);
  CHECK(heap.BuildGraph());
  CHECK_EQ(heap.FunctionOf(inner).caller, heap.IndexOf(outer));
  CHECK_EQ(heap.FunctionOf(inner).awaited, heap.graph->FindPromise(timer));
  CHECK(heap.FunctionOf(outer).has_callee);
  CHECK(!heap.FunctionOf(inner).has_callee);
  CHECK_EQ(heap.FunctionOf(outer).caller, kNoIndex);
  CHECK(!heap.graph->is_late());
}

TEST("AsyncGraph follows Promise.all and then() to a caller") {
  AsyncHeap heap;
  const Tagged inner_promise = heap.Promise();
  const Tagged all = heap.Promise();
  const Tagged then = heap.Promise();
  const Tagged inner = heap.Suspended("inner", inner_promise);
  const Tagged outer = heap.Suspended("outer", heap.Promise());
  heap.All(inner_promise, all);
  heap.Then(all, heap.UserFunction("map"), then);
  heap.Await(then, outer);
  CHECK(heap.BuildGraph());
  CHECK_EQ(heap.FunctionOf(inner).caller, heap.IndexOf(outer));
  CHECK_EQ(heap.FunctionOf(inner).via, vm::kViaAll | vm::kViaThen);
}

TEST("AsyncGraph takes the first of several callers, and counts the others") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  const Tagged inner = heap.Suspended("inner", promise);
  const Tagged first = heap.Suspended("first", heap.Promise());
  const Tagged second = heap.Suspended("second", heap.Promise());
  heap.Await(promise, first);
  heap.Await(promise, second);
  CHECK(heap.BuildGraph());
  CHECK_EQ(heap.FunctionOf(inner).caller, heap.IndexOf(first));
  CHECK_EQ(heap.FunctionOf(inner).other_callers, 1);
}

TEST("AsyncGraph knows the callback above an outermost function") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  const Tagged callback = heap.UserFunction("done");
  const Tagged function = heap.Suspended("work", promise);
  heap.Then(promise, callback, heap.Promise());
  CHECK(heap.BuildGraph());
  CHECK_EQ(heap.FunctionOf(function).caller, kNoIndex);
  CHECK(heap.graph->CallbackAt(heap.FunctionOf(function).callback) == callback);
}

TEST("AsyncGraph survives reactions that lead back to themselves") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  heap.Await(promise, heap.Suspended("wait", promise));
  Tagged reaction;
  CHECK(heap.objects.Load(promise, heap.heap_layout.promise_reactions, &reaction));
  heap.Set(reaction, heap.heap_layout.reaction_next, reaction);
  CHECK(heap.BuildGraph());
  CHECK_EQ(heap.graph->edges().size(), 1);
}

TEST("AsyncGraph finds the reaction by which a function goes on") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  const Tagged function = heap.Suspended("wait", heap.Promise());
  heap.Await(promise, heap.Suspended("other", heap.Promise()));
  heap.Await(promise, function);
  CHECK(heap.BuildGraph());
  Tagged newest;
  CHECK(heap.objects.Load(promise, heap.heap_layout.promise_reactions, &newest));
  CHECK(heap.graph->FindReaction(heap.IndexOf(function)) == newest);
}

TEST("AsyncCycles marks functions that wait for each other") {
  Cycle heap;
  const Tagged other = heap.Suspended("other", heap.Promise());
  heap.Await(heap.first_promise, heap.second);
  heap.Await(heap.second_promise, heap.first);
  heap.Await(heap.second_promise, other);
  CHECK(heap.BuildGraph());
  CHECK(vm::AsyncCycles(heap.graph.get()).Run());
  CHECK(heap.FunctionOf(heap.first).in_cycle);
  CHECK(heap.FunctionOf(heap.second).in_cycle);
  CHECK(!heap.FunctionOf(other).in_cycle);
}

TEST("AsyncCycles marks a function that waits for itself, also by Promise.all") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  const Tagged all = heap.Promise();
  const Tagged function = heap.Suspended("self", promise);
  heap.All(promise, all);
  heap.Await(all, function);
  CHECK(heap.BuildGraph());
  CHECK(vm::AsyncCycles(heap.graph.get()).Run());
  CHECK(heap.FunctionOf(function).in_cycle);
}

TEST("AsyncCycles takes no wait for a cycle that may end otherwise") {
  Cycle heap;
  const Tagged raced = heap.Promise();
  heap.React(heap.first_promise, heap.Resolver(raced), heap.Rejecter(raced), heap.Promise());
  heap.Await(raced, heap.second);
  heap.Await(heap.second_promise, heap.first);
  CHECK(heap.BuildGraph());
  CHECK(vm::AsyncCycles(heap.graph.get()).Run());
  CHECK(!heap.FunctionOf(heap.first).in_cycle);
  CHECK_EQ(heap.FunctionOf(heap.first).caller, heap.IndexOf(heap.second));
}

TEST("AsyncCycles finds none in a chain") {
  AsyncHeap heap;
  Tagged promise = heap.Promise();
  for (int i = 0; i < 50; ++i) {
    const Tagged next = heap.Promise();
    heap.Await(promise, heap.Suspended("link", next));
    promise = next;
  }
  CHECK(heap.BuildGraph());
  CHECK(vm::AsyncCycles(heap.graph.get()).Run());
  CHECK_EQ(heap.graph->functions().size(), 50);
  for (const AsyncFunction& function : heap.graph->functions()) CHECK(!function.in_cycle);
}

}  // namespace

}  // namespace gmr::test

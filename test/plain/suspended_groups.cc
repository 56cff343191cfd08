// Groups of suspended functions: where they wait and for what, and all of it as a report has it.

#include "../../native/image/graph/async_cycles.h"
#include "../../native/image/green/async_groups.h"
#include "../../native/image/green/async_places.h"
#include "../../native/image/green/green_threads.h"
#include "../../native/image/green/holder_kinds.h"
#include "async_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

struct Groups : AsyncHeap {
  std::unique_ptr<vm::AsyncPlaces> places =
      std::make_unique<vm::AsyncPlaces>(&objects, &heap_layout, &strings, &arena);
  vm::AsyncGroups groups{places.get()};

  bool Build() { return BuildGraph() && vm::AsyncCycles(graph.get()).Run() && groups.Build(*graph, false); }
  const vm::AsyncPlace& PlaceOf(uint32_t chain) const { return (*places)[groups.chains()[chain].place]; }
};

TEST("AsyncGroups counts equal chains together, the largest first") {
  Groups heap;
  heap.Await(heap.Promise(), heap.Suspended("alone", heap.Promise()));
  const Tagged first = heap.Suspended("many", heap.Promise());
  heap.Await(heap.Promise(), first);
  for (int i = 0; i < 2; ++i) {
    const Tagged more = heap.Suspended("x", heap.Promise());
    Tagged function;
    CHECK(heap.objects.Load(first, heap.heap_layout.generator_function, &function));
    heap.Set(more, heap.heap_layout.generator_function, function);
    heap.Await(heap.Promise(), more);
  }
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.groups().size(), 2);
  CHECK_EQ(heap.groups.groups()[0].count, 3);
  CHECK_EQ(heap.PlaceOf(heap.groups.groups()[0].chain).name, "many");
  CHECK_EQ(heap.groups.groups()[1].count, 1);
  CHECK_EQ(heap.groups.functions(), 4);
  CHECK_EQ(heap.groups.threads(), 4);
}

TEST("AsyncPlaces knows no place behind the end of the function's bytecode") {
  Groups heap;
  const Tagged suspended = heap.Suspended("moved", heap.Promise());
  heap.Await(heap.Promise(), suspended);
  // V8 has put a shorter function where that of an ended call was. Its bytecode has 20 bytes.
  heap.Set(suspended, heap.heap_layout.generator_position,
           AsyncHeap::Smi(20 + heap.layout.bytecode_data - 1));
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.groups().size(), 0);
  CHECK_EQ(heap.groups.unknown(), 1);
}

TEST("AsyncGroups has one group for functions that wait for each other") {
  Groups heap;
  const Tagged first_promise = heap.Promise();
  const Tagged second_promise = heap.Promise();
  heap.Await(second_promise, heap.Suspended("first", first_promise));
  heap.Await(first_promise, heap.Suspended("second", second_promise));
  CHECK(heap.Build());
  CHECK_EQ(heap.groups.groups().size(), 1);
  CHECK(heap.groups.groups()[0].is_closed_cycle);
  CHECK(heap.groups.chains()[heap.groups.groups()[0].chain].in_cycle);
}

TEST("AsyncPlaces knows name, line and column of a wait") {
  Groups heap;
  heap.Await(heap.Promise(), heap.Suspended("work", heap.Promise()));
  CHECK(heap.BuildGraph());
  const uint32_t index = heap.places->Find(heap.graph->functions()[0].suspended);
  const vm::AsyncPlace& place = (*heap.places)[index];
  CHECK_EQ(place.name, "work");
  CHECK_EQ(place.file, "app.js");
  CHECK_EQ(place.line, 1);
  CHECK_EQ(place.column, AsyncHeap::kPosition + 1);
  CHECK(place.kind == vm::AsyncFrameKind::kAsyncFunction);
  CHECK_EQ(heap.places->Find(heap.graph->functions()[0].suspended), index);
}

TEST("HolderKinds knows timers, requests and classes of the program") {
  Groups heap;
  vm::HolderKinds kinds(&heap.objects, &heap.heap_layout, &heap.anchors, &heap.strings, heap.places.get());
  Tagged object;
  const auto make = [&](std::string_view class_name, const std::vector<CodeHeap::Property>& properties) {
    const Tagged constructor = heap.Closure(heap.Shared({.name = class_name}), Tagged());
    const Tagged prototype = heap.ObjectWith({{heap.OneByte("constructor"), constructor}});
    heap.Set(constructor, heap.layout.function_prototype, prototype);
    object = heap.ObjectWith(properties);
    Tagged map;
    CHECK(heap.objects.MapOf(object, &map));
    heap.Set(map, heap.layout.map_prototype, prototype);
    heap.Set(map, heap.layout.map_constructor, constructor);
    return kinds.Of(object);
  };
  CHECK(make("Timeout", {{heap.OneByte("_idleTimeout"), Heap::Smi(500)}}).shape == vm::HolderShape::kTimer);
  CHECK_EQ(static_cast<int>(kinds.ReadTimer(object).after_ms), 500);
  CHECK(make("Timeout", {{heap.OneByte("_idleTimeout"), Heap::Smi(-1)}}).shape == vm::HolderShape::kNothing);
  vm::HolderClass known =
      make("GetAddrInfoReqWrap", {{heap.OneByte("hostname"), heap.OneByte("db.internal")}});
  CHECK(known.shape == vm::HolderShape::kRequest);
  CHECK_EQ(kinds.DescribeRequest(object, known, true), "DNS lookup db.internal");
  known = make("ClientRequest", {{heap.OneByte("path"), heap.OneByte("/pay?card=4111")}});
  CHECK_EQ(kinds.DescribeRequest(object, known, true), "http request /pay");
  CHECK(make("Pool", {}).shape == vm::HolderShape::kClass);
  CHECK_EQ(make("Pool", {}).name, "Pool");
  CHECK(make("Map", {}).shape == vm::HolderShape::kCollection);
  CHECK(kinds.Of(Heap::Smi(0)).shape == vm::HolderShape::kPlain);
}

vm::GreenThreads Dump(AsyncHeap& heap, const vm::GreenThreadLimits& limits = {}) {
  const vm::GreenThreadHeap prepared{heap.heap_layout, heap.anchors, ""};
  const auto scan = std::make_unique<vm::GreenThreadScan>(&heap.memory, &heap.layout);
  vm::HeapPageIndex index(&heap.reader, &heap.heap_layout);
  heap.reader.Forget();
  CHECK(index.Add(heap.anchors.heap) && index.Collect(heap.Maps()));
  scan->Capture(prepared, index, limits);
  return scan->Take(vm::HeapReading::kPaused);
}

TEST("GreenThreadScan shows suspended functions of recorded memory") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  heap.Await(heap.Promise(), heap.Suspended("inner", promise));
  heap.Await(promise, heap.Suspended("outer", heap.Promise()));
  const vm::GreenThreads found = Dump(heap);
  CHECK(found.status == vm::GreenThreadStatus::kOk);
  CHECK_EQ(found.suspended_functions, 2);
  CHECK_EQ(found.green_threads, 1);
  CHECK_EQ(found.groups.size(), 1);
  CHECK_EQ(found.groups[0].frames.size(), 2);
  CHECK_EQ(found.groups[0].frames[0].function_name, "inner");
  CHECK_EQ(found.groups[0].frames[1].function_name, "outer");
  CHECK_EQ(found.groups[0].frames[1].code.source.text, "let a;");
  CHECK(!found.groups[0].deadlock);
}

TEST("GreenThreadScan reports a deadlock") {
  Cycle heap;
  heap.Await(heap.first_promise, heap.second);
  heap.Await(heap.second_promise, heap.first);
  const vm::GreenThreads found = Dump(heap);
  CHECK_EQ(found.groups.size(), 1);
  CHECK(found.groups[0].deadlock);
}

TEST("GreenThreadScan keeps its limits") {
  AsyncHeap heap;
  heap.Await(heap.Promise(), heap.Suspended("a", heap.Promise()));
  heap.Await(heap.Promise(), heap.Suspended("b", heap.Promise()));
  vm::GreenThreadLimits limits;
  limits.max_groups = 1;
  const vm::GreenThreads found = Dump(heap, limits);
  CHECK_EQ(found.groups.size(), 1);
  CHECK_EQ(found.groups_left_out, 1);
  CHECK_EQ(found.threads_left_out, 1);
  limits.max_heap_bytes = 1000;
  CHECK(Dump(heap, limits).status == vm::GreenThreadStatus::kOverLimit);
}

}  // namespace

}  // namespace gmr::test

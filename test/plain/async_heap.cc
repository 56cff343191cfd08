#include "async_heap.h"

#include <cstdio>

#include "harness.h"

namespace gmr::test {

namespace {

// Bytes from the beginning of a page; V8 11.3 keeps these itself.
constexpr uint64_t kFlagsOfPage = 8;
constexpr uint64_t kHeapOfPage = 16;
constexpr size_t kWordsOfSuspended = 12;

}  // namespace

AsyncHeap::AsyncHeap() {
  for (size_t i = 0; i < kPages; ++i) {
    memory.Put(kStart + i * vm::kPageBytes + kFlagsOfPage, uint64_t{0});
    memory.Put(kStart + i * vm::kPageBytes + kHeapOfPage, kHeap);
  }
  anchors.heap = kHeap;
  anchors.empty_elements = Array({});
  anchors.empty_frozen_elements = Array({});
  anchors.resolve_shared = SharedOfBuiltin(heap_layout.builtin_resolve);
  anchors.reject_shared = SharedOfBuiltin(heap_layout.builtin_reject);
  anchors.free_space_map = MapFor(heap_layout.type_free_space);
  pages = std::make_unique<vm::HeapPages>();
  scan = std::make_unique<vm::HeapScan>(&objects, &heap_layout, &anchors);
  graph = std::make_unique<vm::AsyncGraph>(&objects, &heap_layout, &anchors, &strings);
}

Tagged AsyncHeap::Promise(Tagged reactions, int32_t status) {
  const Tagged promise = Object(heap_layout.type_promise, 6);
  Set(promise, layout.object_properties, anchors.empty_elements);
  Set(promise, heap_layout.object_elements, anchors.empty_elements);
  Set(promise, heap_layout.promise_reactions, reactions);
  Set(promise, heap_layout.promise_flags, Smi(status));
  return promise;
}

Tagged AsyncHeap::React(Tagged promise, Tagged fulfill, Tagged reject, Tagged target) {
  Tagged before;
  CHECK(objects.Load(promise, heap_layout.promise_reactions, &before));
  const Tagged reaction = Object(heap_layout.type_reaction, 6);
  Set(reaction, heap_layout.reaction_next, before);
  Set(reaction, heap_layout.reaction_fulfill, fulfill);
  Set(reaction, heap_layout.reaction_reject, reject);
  Set(reaction, heap_layout.reaction_target, target);
  Set(promise, heap_layout.promise_reactions, reaction);
  return reaction;
}

Tagged AsyncHeap::Context(const std::vector<Tagged>& slots) {
  const Tagged context = Object(heap_layout.type_first_context, 2 + slots.size());
  Set(context, heap_layout.context_length, Smi(static_cast<int32_t>(slots.size())));
  for (size_t i = 0; i < slots.size(); ++i)
    Set(context, heap_layout.context_slots + static_cast<int32_t>(8 * i), slots[i]);
  return context;
}

Tagged AsyncHeap::Closure(Tagged shared, Tagged context) {
  const Tagged function = JsFunction(shared, context);
  Set(function, heap_layout.object_elements, anchors.empty_elements);
  return function;
}

Tagged AsyncHeap::Capability(Tagged promise) {
  const Tagged capability = Object(heap_layout.type_capability, 4);
  Set(capability, heap_layout.capability_promise, promise);
  return capability;
}

Tagged AsyncHeap::UserFunction(std::string_view name) {
  const Tagged script = Script("app.js", "let a;\nlet b;\n");
  const Tagged bytecode = Bytecode({{0, 0}, {kWaitsAt, kPosition, false}}, std::vector<uint8_t>(20, 0x0c));
  return Closure(Shared({.name = name, .script = script, .bytecode = bytecode, .start = 1}), Context({}));
}

Tagged AsyncHeap::Suspended(std::string_view name, Tagged promise) {
  const Tagged function = UserFunction(name);
  const Tagged suspended = Object(heap_layout.type_async_function, kWordsOfSuspended);
  Set(suspended, heap_layout.object_elements, anchors.empty_elements);
  Set(suspended, heap_layout.generator_function, function);
  Set(suspended, heap_layout.generator_receiver, Smi(0));
  Set(suspended, heap_layout.generator_position, Smi(kWaitsAt + layout.bytecode_data - 1));
  Set(suspended, heap_layout.generator_continuation, Smi(0));
  Set(suspended, heap_layout.async_function_promise, promise);
  return suspended;
}

void AsyncHeap::Await(Tagged promise, Tagged function) {
  const Tagged fulfill = Builtin(kAwaitBuiltin, {Smi(0), Smi(0), function});
  const Tagged reject = Builtin(kAwaitBuiltin + 1, {Smi(0), Smi(0), function});
  React(promise, fulfill, reject, Smi(0));
}

void AsyncHeap::All(Tagged promise, Tagged result, int32_t builtin) {
  const Tagged element = Builtin(builtin, {Smi(0), Smi(0), Smi(0), Capability(result)});
  React(promise, element, Rejecter(result), Promise());
}

void AsyncHeap::Then(Tagged promise, Tagged callback, Tagged result) {
  React(promise, callback, Smi(0), result);
}

platform::ProcMaps AsyncHeap::Maps() const {
  char line[128];
  const int length = std::snprintf(line, sizeof line, "%lx-%lx rw-p 00000000 00:00 0 \n",
                                   static_cast<unsigned long>(kStart.number()),
                                   static_cast<unsigned long>((kStart + kPages * vm::kPageBytes).number()));
  return platform::ProcMaps::Parse(std::vector<char>(line, line + length));
}

bool AsyncHeap::FindPages(const platform::ProcMaps& maps, bool with_large) {
  vm::HeapPageIndex index(&reader, &heap_layout);
  return index.Add(anchors.heap) && index.Collect(maps) && pages->Select(index, anchors.heap, with_large);
}

vm::HeapScan::Outcome AsyncHeap::Scan() {
  reader.Forget();
  CHECK(FindPages(Maps(), false));
  return scan->Run(*pages, {.deadline_ns = INT64_MAX});
}

bool AsyncHeap::BuildGraph() {
  return Scan() == vm::HeapScan::Outcome::kDone && graph->Build(scan.get(), INT64_MAX);
}

uint32_t AsyncHeap::IndexOf(Tagged object) const {
  for (uint32_t i = 0; i < graph->functions().size(); ++i) {
    if (graph->functions()[i].suspended.object == object) return i;
  }
  return vm::kNoIndex;
}

const vm::AsyncFunction& AsyncHeap::FunctionOf(Tagged object) const {
  const uint32_t index = IndexOf(object);
  CHECK(index != vm::kNoIndex);
  return graph->functions()[index];
}

}  // namespace gmr::test

// Whose variables a context has, what functions mention, and what bound functions keep.

#include <string>

#include "../../native/image/objects/bound_function.h"
#include "../../native/image/objects/scope_reader.h"
#include "../../native/image/objects/variable_use.h"
#include "code_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::Mention;
using vm::Scope;

constexpr int32_t kFirstVariable = 32;
// ScopeType of V8 11.3.
constexpr int32_t kFunctionScope = 2;
constexpr int32_t kModuleScope = 3;
constexpr int32_t kScriptScope = 4;
constexpr int32_t kCatchScope = 5;
constexpr int32_t kBlockScope = 6;

struct Scopes : CodeHeap {
  vm::HeapLayout heap_layout = HeapLayoutOfNode20();
  vm::ScopeReader scopes{&objects, &heap_layout, &strings};
  vm::VariableUse uses{&objects, &strings};

  Scope Read(Tagged context) {
    Scope scope;
    CHECK(scopes.Read(context, &scope));
    return scope;
  }
  std::string Name(Tagged context, int32_t offset) {
    const char* name = scopes.NameOfSlot(context, offset);
    return name == nullptr ? "(none)" : name;
  }
  // A function that is all of its script.
  Tagged FunctionOf(std::string_view source) {
    const auto length = static_cast<int32_t>(source.size());
    return JsFunction(Shared({.script = Script("app.js", source), .length = length}));
  }
};

TEST("ScopeReader names the variables of a function") {
  Scopes heap;
  const Tagged info = heap.ScopeInfo({.name = "wait", .start = 7, .names = {"resolve", "reject"}});
  const Tagged value = heap.Array({});
  const Tagged context = heap.Context(info, Heap::Smi(0), {Heap::Smi(1), value});
  const Scope scope = heap.Read(context);
  CHECK_EQ(scope.function_name, "wait");
  CHECK_EQ(scope.start_position, 7);
  CHECK(scope.kind == Scope::Kind::kFunction && !scope.is_top_level);
  CHECK_EQ(heap.Name(context, kFirstVariable), "resolve");
  CHECK_EQ(heap.Name(context, kFirstVariable + 8), "reject");
  CHECK_EQ(heap.Name(context, kFirstVariable + 16), "(none)");
  CHECK_EQ(heap.Name(context, kFirstVariable - 8), "(none)");
  CHECK_EQ(heap.Name(context, kFirstVariable + 4), "(none)");
  CHECK(heap.scopes.Sibling(context, "reject") == value);
  CHECK(heap.scopes.Sibling(context, "other") == Tagged());
}

TEST("ScopeReader leaves room for the variables of eval") {
  Scopes heap;
  const Tagged info = heap.ScopeInfo({.names = {"a"}});
  // One slot more than variables.
  const Tagged context = heap.Context(info, Heap::Smi(0), {Heap::Smi(0), Heap::Smi(5)});
  CHECK_EQ(heap.Name(context, kFirstVariable), "(none)");
  CHECK_EQ(heap.Name(context, kFirstVariable + 8), "a");
  const Tagged longer = heap.Context(info, Heap::Smi(0), std::vector<Tagged>(9));
  CHECK_EQ(heap.Name(longer, kFirstVariable), "(none)");
}

TEST("ScopeReader finds names in the table of a large scope") {
  Scopes heap;
  std::vector<std::string> texts;
  for (int i = 0; i < 90; ++i) texts.push_back("v" + std::to_string(i));
  const std::vector<std::string_view> names(texts.begin(), texts.end());
  std::vector<Tagged> values(names.size());
  values[89] = heap.Array({});
  const Tagged context =
      heap.Context(heap.ScopeInfo({.name = "f", .start = 3, .names = names}), Heap::Smi(0), values);
  CHECK_EQ(heap.Name(context, kFirstVariable), "v0");
  CHECK_EQ(heap.Name(context, kFirstVariable + 8 * 89), "v89");
  CHECK(heap.scopes.Sibling(context, "v89") == values[89]);
  CHECK_EQ(heap.Read(context).function_name, "f");
  CHECK_EQ(heap.Read(context).start_position, 3);
}

TEST("ScopeReader names the variables of blocks, but no function around them") {
  Scopes heap;
  const Tagged info = heap.ScopeInfo({.names = {"item"}, .scope_type = kBlockScope});
  const Tagged context = heap.Context(info, Heap::Smi(0), {Heap::Smi(1)});
  const Scope scope = heap.Read(context);
  CHECK(scope.kind == Scope::Kind::kBlock && !scope.is_top_level);
  CHECK_EQ(scope.function_name, "");
  CHECK_EQ(scope.start_position, -1);
  CHECK_EQ(heap.Name(context, kFirstVariable), "item");
  const Tagged caught = heap.ScopeInfo({.names = {"error"}, .scope_type = kCatchScope});
  CHECK(heap.Read(heap.Context(caught, Heap::Smi(0), {Heap::Smi(1)})).kind == Scope::Kind::kCatch);
}

TEST("ScopeReader knows the scopes of whole files") {
  Scopes heap;
  const auto is_top = [&](const CodeHeap::Function& function) {
    return heap.Read(heap.Context(heap.ScopeInfo(function), Heap::Smi(0), {})).is_top_level;
  };
  CHECK(is_top({.scope_type = kScriptScope}));
  CHECK(is_top({.scope_type = kModuleScope}));
  CHECK(is_top({.scope_type = kFunctionScope}));  // of CommonJS
  CHECK(!is_top({.start = 10, .scope_type = kFunctionScope}));
  CHECK(!is_top({.name = "f", .scope_type = kFunctionScope}));
}

TEST("ScopeReader names the variables of a module") {
  Scopes heap;
  const Tagged info = heap.ScopeInfo({.names = {"state"}, .scope_type = kModuleScope});
  CHECK_EQ(heap.Name(heap.Context(info, Heap::Smi(0), {Heap::Smi(1)}), kFirstVariable), "state");
}

TEST("ScopeReader finds the names of a module behind the number of its variables") {
  Scopes heap;
  const Tagged info = heap.ScopeInfo({.names = {"state"}, .scope_type = kModuleScope});
  // Where the name was; what follows is not looked at.
  Tagged name;
  CHECK(heap.objects.Load(info, 8 + 8 * 3, &name));
  heap.Set(info, 8 + 8 * 3, Heap::Smi(2));
  heap.Set(info, 8 + 8 * 4, name);
  CHECK_EQ(heap.Name(heap.Context(info, Heap::Smi(0), {Heap::Smi(1)}), kFirstVariable), "state");
}

TEST("ScopeReader looks through the cells of variables") {
  Scopes heap;
  heap.heap_layout.type_context_cell = 900;
  heap.heap_layout.context_cell_value = 8;
  const Tagged cell = heap.Object(900, 4);
  const Tagged value = heap.Array({});
  heap.Set(cell, 8, value);
  const Tagged context = heap.Context(heap.ScopeInfo({.names = {"a"}}), Heap::Smi(0), {cell});
  CHECK(heap.scopes.Sibling(context, "a") == value);
  Tagged object = cell;
  CHECK(heap.scopes.IsCell(&object));
  object = value;
  CHECK(!heap.scopes.IsCell(&object));
  heap.heap_layout.context_cell_value = -1;
  CHECK(heap.scopes.Sibling(context, "a") == Tagged());
}

TEST("ScopeReader reads no other objects") {
  Scopes heap;
  Scope scope;
  CHECK(!heap.scopes.Read(heap.Array({}), &scope));
  CHECK(!heap.scopes.Read(Heap::Smi(3), &scope));
  CHECK(!heap.scopes.Read(heap.Context(heap.Array({}), Heap::Smi(0), {}), &scope));
  CHECK_EQ(heap.Name(heap.Array({}), kFirstVariable), "(none)");
}

TEST("VariableUse finds what a function mentions") {
  Scopes heap;
  const Tagged function = heap.FunctionOf("(seat) => resolve(seat.reject)");
  CHECK(heap.uses.Mentions(function, "resolve") == Mention::kYes);
  CHECK(heap.uses.Mentions(function, "reject") == Mention::kNo);
  CHECK(heap.uses.Mentions(function, "seat") == Mention::kNo);
  CHECK(heap.uses.MentionsProperty(function, "reject") == Mention::kYes);
  CHECK(heap.uses.MentionsProperty(function, "resolve") == Mention::kNo);
}

TEST("VariableUse reads only the function's part of the source") {
  Scopes heap;
  const Tagged script = heap.Script("app.js", "a(); () => b(); c()");
  const Tagged function = heap.JsFunction(heap.Shared({.script = script, .start = 5, .length = 9}));
  CHECK(heap.uses.Mentions(function, "a") == Mention::kNo);
  CHECK(heap.uses.Mentions(function, "b") == Mention::kYes);
  CHECK(heap.uses.Mentions(function, "c") == Mention::kNo);
}

TEST("VariableUse reads functions that were never compiled, and sources of two bytes") {
  Scopes heap;
  const Tagged script = heap.Script("app.js", "");
  heap.Set(script, heap.layout.script_source, heap.TwoByte(u"f(() => r\u00e9soudre(\u6771))"));
  const Tagged shared = heap.Shared({.script = script});
  const Tagged uncompiled = heap.Object(heap.layout.type_first_uncompiled, 4);
  heap.Put(uncompiled, heap.layout.uncompiled_start, int32_t{2});
  heap.Put(uncompiled, heap.layout.uncompiled_end, int32_t{19});
  heap.Set(shared, heap.layout.shared_name, heap.OneByte(""));
  heap.Set(shared, heap.layout.shared_data, uncompiled);
  CHECK(heap.uses.Mentions(shared, "r\u00e9soudre") == Mention::kYes);
  CHECK(heap.uses.Mentions(shared, "\u6771") == Mention::kYes);
  CHECK(heap.uses.Mentions(shared, "f") == Mention::kNo);
  heap.Put(uncompiled, heap.layout.uncompiled_end, int32_t{21});
  heap.uses.Reset();
  CHECK(heap.uses.Mentions(shared, "r\u00e9soudre") == Mention::kUnknown);
}

TEST("VariableUse does not guess without a source") {
  Scopes heap;
  CHECK(heap.uses.Mentions(heap.SharedOfBuiltin(7), "a") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(heap.Array({}), "a") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(Heap::Smi(1), "a") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => a"), "") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => a"), ".this") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => a"), "\xff") == Mention::kUnknown);
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => eval(a)"), "b") == Mention::kUnknown);
  const Tagged script = heap.Script("app.js", "() => a");
  heap.Set(script, heap.layout.script_source, heap.Cons(heap.OneByte("() "), heap.OneByte("=> a"), 7));
  const Tagged rope = heap.JsFunction(heap.Shared({.script = script, .length = 7}));
  CHECK(heap.uses.Mentions(rope, "a") == Mention::kUnknown);
}

TEST("VariableUse reads no function that is too long, and no more than it may") {
  Scopes heap;
  const std::string filler(vm::VariableUse::kMaxUnits - 8, ' ');
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => a" + filler), "a") == Mention::kYes);
  CHECK(heap.uses.Mentions(heap.FunctionOf("() => a  " + filler), "a") == Mention::kUnknown);
  const Tagged function = heap.FunctionOf("() => b");
  CHECK(heap.uses.Mentions(function, "b") == Mention::kYes);
  const Tagged two[] = {heap.FunctionOf("() => a1" + filler), heap.FunctionOf("() => a2" + filler)};
  for (int i = 0; i < 200; ++i) heap.uses.Mentions(two[i % 2], ("a" + std::to_string(i)).c_str());
  // Answers are remembered.
  CHECK(heap.uses.Mentions(function, "b") == Mention::kYes);
  CHECK(heap.uses.Mentions(two[0], "c") == Mention::kUnknown);
  heap.uses.Reset();
  CHECK(heap.uses.Mentions(function, "c") == Mention::kNo);
}

TEST("ReadBoundFunction reads what bind() kept") {
  Scopes heap;
  heap.heap_layout.type_bound_function = 2065;
  heap.heap_layout.bound_target = 24;
  heap.heap_layout.bound_receiver = 32;
  heap.heap_layout.bound_arguments = 40;
  const Tagged object = heap.Object(2065, 6);
  const Tagged target = heap.FunctionOf("() => a");
  const Tagged receiver = heap.ObjectWith({});
  const Tagged arguments = heap.Array({receiver});
  heap.Set(object, 24, target);
  heap.Set(object, 32, receiver);
  heap.Set(object, 40, arguments);
  vm::BoundFunction bound;
  CHECK(vm::ReadBoundFunction(heap.objects, heap.heap_layout, object, &bound));
  CHECK(bound.target == target && bound.receiver == receiver && bound.arguments == arguments);
  CHECK(!vm::ReadBoundFunction(heap.objects, heap.heap_layout, target, &bound));
  heap.Set(object, 40, receiver);
  CHECK(!vm::ReadBoundFunction(heap.objects, heap.heap_layout, object, &bound));
  heap.heap_layout.bound_target = -1;
  CHECK(!vm::ReadBoundFunction(heap.objects, heap.heap_layout, object, &bound));
}

}  // namespace

}  // namespace gmr::test

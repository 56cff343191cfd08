// What functions are called, where they are in their scripts, and of which class their receivers are.

#include "../../native/image/objects/own_name.h"
#include "../../native/image/objects/receiver_class.h"
#include "../../native/image/objects/source_positions.h"
#include "../../native/image/objects/source_window.h"
#include "code_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::FunctionInfo;

FunctionInfo InfoOf(CodeHeap& heap, Tagged shared) {
  FunctionInfo info;
  CHECK(heap.functions->Find(shared, &info));
  return info;
}

TEST("FunctionTable reads name, file and start of a function") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "function run() {}");
  const Tagged bytecode = heap.Bytecode({});
  const FunctionInfo info =
      InfoOf(heap, heap.Shared({.name = "run", .script = script, .bytecode = bytecode, .start = 12}));
  CHECK_EQ(info.name, "run");
  CHECK_EQ(info.file, "app.js");
  CHECK(info.has_script && !info.is_api && !info.is_eval);
  CHECK(info.script == script);
  CHECK(info.bytecode == bytecode);
  CHECK_EQ(info.start_position, 12);
}

TEST("FunctionTable takes what a function was assigned to where it has no name") {
  CodeHeap heap;
  CHECK_EQ(InfoOf(heap, heap.Shared({.inferred_name = "exports.handler"})).name, "exports.handler");
  CHECK_EQ(InfoOf(heap, heap.Shared({.name = "own", .inferred_name = "exports.handler"})).name, "own");
  CHECK_EQ(InfoOf(heap, heap.Shared({})).name, "");
}

TEST("FunctionTable has no name for an argument of `new`, for which V8 has that of the variable") {
  CodeHeap heap;
  const std::string_view source = "const answer = await new Promise((resolve) => {});";
  const Tagged script = heap.Script("app.js", source);
  const auto start = static_cast<int32_t>(source.find("(resolve)"));
  const Tagged executor = heap.Shared({.script = script, .start = start, .inferred_name = "answer"});
  CHECK_EQ(InfoOf(heap, executor).name, "");
  CHECK_EQ(InfoOf(heap, executor).false_name, "answer");
  const Tagged named = heap.Shared({.name = "executor", .script = script, .start = start});
  CHECK_EQ(InfoOf(heap, named).name, "executor");
  CHECK_EQ(InfoOf(heap, named).false_name, "");
}

TEST("FunctionTable finds the name behind local variables") {
  CodeHeap heap;
  const FunctionInfo info = InfoOf(heap, heap.Shared({.name = "run", .start = 5, .locals = 9}));
  CHECK_EQ(info.name, "run");
  CHECK_EQ(info.start_position, 5);
}

TEST("FunctionTable names the functions that run the fields of a class") {
  CodeHeap heap;
  CHECK_EQ(InfoOf(heap, heap.Shared({.kind = 24})).name, "<instance_members_initializer>");
  CHECK_EQ(InfoOf(heap, heap.Shared({.kind = 25})).name, "<static_initializer>");
}

TEST("FunctionTable reads the name of a function that was never compiled") {
  CodeHeap heap;
  const Tagged shared = heap.Shared({.script = heap.Script("app.js", "")});
  const Tagged uncompiled = heap.Object(heap.layout.type_first_uncompiled, 4);
  heap.Put(uncompiled, heap.layout.uncompiled_start, int32_t{33});
  heap.Set(shared, heap.layout.shared_name, heap.OneByte("later"));
  heap.Set(shared, heap.layout.shared_data, uncompiled);
  const FunctionInfo info = InfoOf(heap, shared);
  CHECK_EQ(info.name, "later");
  CHECK_EQ(info.start_position, 33);
  CHECK(info.bytecode == Tagged());
}

TEST("FunctionTable follows baseline code and the interpreter's data to the bytecode") {
  CodeHeap heap;
  const Tagged bytecode = heap.Bytecode({});
  const Tagged data = heap.Object(heap.layout.type_interpreter_data, 3);
  heap.Set(data, heap.layout.interpreter_data_bytecode, bytecode);
  const Tagged code = heap.Object(heap.layout.type_code, 9);
  heap.Set(code, heap.layout.code_deopt_data, data);
  CHECK(InfoOf(heap, heap.Shared({.bytecode = code})).bytecode == bytecode);
}

TEST("FunctionTable tells functions of C++ from builtins") {
  CodeHeap heap;
  const FunctionInfo builtin = InfoOf(heap, heap.SharedOfBuiltin(77));
  CHECK(!builtin.has_script && !builtin.is_api);
  const Tagged api = heap.SharedOfBuiltin(0);
  heap.Set(api, heap.layout.shared_data, heap.Array({}));
  CHECK(InfoOf(heap, api).is_api);
}

TEST("FunctionTable reads the script behind a debugger's data") {
  CodeHeap heap;
  const Tagged debug_info = heap.Object(heap.layout.type_debug_info, 5);
  heap.Set(debug_info, heap.layout.debug_info_script, heap.Script("app.js", ""));
  CHECK_EQ(InfoOf(heap, heap.Shared({.script = debug_info})).file, "app.js");
}

TEST("FunctionTable knows no other objects") {
  CodeHeap heap;
  FunctionInfo info;
  CHECK(!heap.functions->Find(heap.Array({}), &info));
  CHECK(!heap.functions->Find(Heap::Smi(1), &info));
  CHECK(!heap.functions->FindByFunction(heap.Shared({}), &info));
}

TEST("FunctionTable keeps what it read until Reset()") {
  CodeHeap heap;
  const Tagged shared = heap.Shared({.name = "before"});
  CHECK_EQ(InfoOf(heap, shared).name, "before");
  heap.Set(shared, heap.layout.shared_name, heap.OneByte("after"));
  CHECK_EQ(InfoOf(heap, shared).name, "before");
  heap.functions->Reset();
  CHECK_EQ(InfoOf(heap, shared).name, "after");
}

TEST("FunctionTable refuses a ScopeInfo with more locals than there can be") {
  CodeHeap heap;
  const Tagged scope = heap.ScopeInfo({.name = "run"});
  heap.Set(scope, 8 + 8 * heap.layout.scope_locals, Heap::Smi(1 << 21));
  const Tagged shared = heap.Shared({});
  heap.Set(shared, heap.layout.shared_name, scope);
  CHECK_EQ(InfoOf(heap, shared).name, "");
}

TEST("ReadOwnName prefers what a library renamed") {
  CodeHeap heap;
  const Tagged holder = heap.ObjectWith(
      {{heap.OneByte("length"), Heap::Smi(0)}, {heap.OneByte("name"), heap.OneByte("renamed")}}, 100,
      heap.layout.type_first_js_function);
  CHECK_EQ(vm::ReadOwnName(heap.objects, heap.strings, holder), "renamed");
  const Tagged accessor = heap.ObjectWith({{heap.OneByte("name"), heap.Array({}), true, true}}, 100,
                                          heap.layout.type_first_js_function);
  CHECK(vm::ReadOwnName(heap.objects, heap.strings, accessor) == nullptr);
  CHECK(vm::ReadOwnName(heap.objects, heap.strings, heap.ObjectWith({})) == nullptr);
}

bool ReadProperty(CodeHeap& heap, Tagged object, std::string_view name, Tagged* value) {
  return vm::ReadOwnProperty(heap.objects, heap.strings, object, name, value);
}

TEST("ReadOwnProperty reads fields in the object, in its array and in descriptors") {
  CodeHeap heap;
  const Tagged object = heap.ObjectWith({{heap.OneByte("a"), Heap::Smi(1)},
                                         {heap.OneByte("b"), Heap::Smi(2)},
                                         {heap.OneByte("c"), Heap::Smi(3), false, true}},
                                        1);
  Tagged value;
  CHECK(ReadProperty(heap, object, "a", &value));
  CHECK_EQ(value.ToSmi(), 1);
  CHECK(ReadProperty(heap, object, "b", &value));
  CHECK_EQ(value.ToSmi(), 2);
  CHECK(ReadProperty(heap, object, "c", &value));
  CHECK_EQ(value.ToSmi(), 3);
  CHECK(!ReadProperty(heap, object, "d", &value));
}

TEST("ReadOwnProperty takes no accessor for a value") {
  CodeHeap heap;
  const Tagged object = heap.ObjectWith({{heap.OneByte("a"), heap.OneByte("getter"), true, true}});
  Tagged value;
  CHECK(!ReadProperty(heap, object, "a", &value));
}

TEST("ReadOwnProperty finds properties by a symbol and by its description") {
  CodeHeap heap;
  const Tagged symbol = heap.Object(heap.layout.first_nonstring_type, 4);
  heap.Set(symbol, 16, heap.OneByte("kStore"));
  const Tagged object = heap.ObjectWith({{symbol, Heap::Smi(9)}});
  Tagged value;
  CHECK(vm::ReadOwnProperty(heap.objects, heap.strings, object, symbol, &value));
  CHECK_EQ(value.ToSmi(), 9);
  value = Tagged();
  CHECK(vm::ReadOwnDescribed(heap.objects, heap.strings, object, "kStore", &value));
  CHECK_EQ(value.ToSmi(), 9);
  CHECK(!vm::ReadOwnDescribed(heap.objects, heap.strings, object, "kOther", &value));
  CHECK(!ReadProperty(heap, object, "kStore", &value));
}

TEST("ReadOwnProperty searches hash tables") {
  CodeHeap heap;
  const Tagged object = heap.ObjectWith({});
  const Tagged key = heap.OneByte("key");
  heap.Set(object, heap.layout.object_properties,
           heap.Array({Heap::Smi(4), Heap::Smi(0), key, Heap::Smi(5), Heap::Smi(192)},
                      heap.layout.type_name_dictionary));
  Tagged map;
  CHECK(heap.objects.MapOf(object, &map));
  heap.Put(map, heap.layout.map_bit_field3, uint32_t{1u << 21});
  Tagged value;
  CHECK(ReadProperty(heap, object, "key", &value));
  CHECK_EQ(value.ToSmi(), 5);
  CHECK(!ReadProperty(heap, object, "other", &value));
}

struct Classes : CodeHeap {
  std::unique_ptr<vm::ReceiverClass> classes =
      std::make_unique<vm::ReceiverClass>(&objects, &strings, functions.get());

  Tagged Class(std::string_view name) {
    return JsFunction(Shared({.name = name, .script = Script("app.js", "")}));
  }
};

TEST("ReceiverClass names the class of an object") {
  Classes heap;
  const Tagged constructor = heap.Class("Store");
  const Tagged prototype = heap.ObjectWith({{heap.OneByte("constructor"), constructor}});
  CHECK_EQ(heap.classes->NameOf(heap.Instance(constructor, prototype)), "Store");
}

TEST("ReceiverClass finds a constructor that the map does not lead to") {
  Classes heap;
  const Tagged constructor = heap.Class("Made");
  const Tagged prototype =
      heap.ObjectWith({{heap.OneByte("x"), Heap::Smi(1)}, {heap.OneByte("constructor"), constructor}});
  const Tagged object = heap.Instance(constructor, prototype);
  Tagged map;
  CHECK(heap.objects.MapOf(object, &map));
  heap.Set(map, heap.layout.map_constructor, Heap::Smi(0));
  CHECK_EQ(heap.classes->NameOf(object), "Made");
}

TEST("ReceiverClass gives plain objects and what is no object no class") {
  Classes heap;
  const Tagged constructor = heap.Class("Object");
  const Tagged prototype = heap.ObjectWith({{heap.OneByte("constructor"), constructor}});
  CHECK_EQ(heap.classes->NameOf(heap.Instance(constructor, prototype)), "");
  CHECK_EQ(heap.classes->NameOf(Heap::Smi(1)), "");
  CHECK_EQ(heap.classes->NameOf(heap.OneByte("x")), "");
}

TEST("ReceiverClass names a class itself by its own name") {
  Classes heap;
  CHECK_EQ(heap.classes->NameOf(heap.Class("Store")), "Store");
}

TEST("ReceiverClass prefixes methods as V8 does") {
  Classes heap;
  const Tagged constructor = heap.Class("Store");
  const Tagged store =
      heap.Instance(constructor, heap.ObjectWith({{heap.OneByte("constructor"), constructor}}));
  CHECK_EQ(heap.classes->PrefixOf(store, "get"), "Store");
  CHECK_EQ(heap.classes->PrefixOf(store, "Store.get"), "");
  CHECK_EQ(heap.classes->PrefixOf(heap.OneByte("x"), "trim"), "String");
  CHECK_EQ(heap.classes->PrefixOf(heap.Object(heap.layout.type_proxy, 4), "get"), "Proxy");
}

struct Place {
  int32_t line = 0;
  int32_t column = 0;
  bool operator==(const Place&) const = default;
};

Place Locate(CodeHeap& heap, Tagged script, int32_t offset) {
  Place place;
  return heap.scripts->Locate(script, offset, &place.line, &place.column) ? place : Place();
}

TEST("ScriptTable counts lines and columns from 1") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "one\ntwo\r\nthree\rfour");
  CHECK(Locate(heap, script, 0) == (Place{1, 1}));
  CHECK(Locate(heap, script, 3) == (Place{1, 4}));
  CHECK(Locate(heap, script, 4) == (Place{2, 1}));
  CHECK(Locate(heap, script, 8) == (Place{2, 5}));
  CHECK(Locate(heap, script, 9) == (Place{3, 1}));
  CHECK(Locate(heap, script, 15) == (Place{4, 1}));
  CHECK(Locate(heap, script, 19) == (Place{4, 5}));
  CHECK(Locate(heap, script, 2) == (Place{1, 3}));
}

TEST("ScriptTable knows no place outside of the source") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "one");
  CHECK(Locate(heap, script, 4) == Place());
  CHECK(Locate(heap, script, -1) == Place());
  CHECK(Locate(heap, heap.Array({}), 0) == Place());
}

TEST("ScriptTable ends lines at the separators of Unicode") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "");
  heap.Set(script, heap.layout.script_source, heap.TwoByte(u"a\u2028b\u2029c"));
  CHECK(Locate(heap, script, 2) == (Place{2, 1}));
  CHECK(Locate(heap, script, 4) == (Place{3, 1}));
}

TEST("ScriptTable believes the table of line ends that V8 made") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "one\ntwo\nthree");
  heap.Set(script, heap.layout.script_line_ends, heap.Array({Heap::Smi(3), Heap::Smi(7), Heap::Smi(13)}));
  CHECK(Locate(heap, script, 3) == (Place{1, 4}));
  CHECK(Locate(heap, script, 5) == (Place{2, 2}));
  CHECK(Locate(heap, script, 13) == (Place{3, 6}));
}

TEST("ScriptTable adds where a script begins in its file") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.html", "one\ntwo");
  heap.Set(script, heap.layout.script_line_offset, Heap::Smi(10));
  heap.Set(script, heap.layout.script_column_offset, Heap::Smi(5));
  CHECK(Locate(heap, script, 1) == (Place{11, 7}));
  CHECK(Locate(heap, script, 5) == (Place{12, 2}));
}

TEST("ScriptTable counts through sources of many pieces, in any order") {
  CodeHeap heap;
  std::string source;
  for (int i = 0; i < 20'000; ++i) source += "1234567\n";
  heap.NextPage();
  const Tagged script = heap.Script("app.js", source);
  CHECK(Locate(heap, script, 159'999) == (Place{20'000, 8}));
  CHECK(Locate(heap, script, 80'003) == (Place{10'001, 4}));
  CHECK(Locate(heap, script, 140'000) == (Place{17'501, 1}));
}

TEST("ScriptTable prefers the name that the source gives itself, and knows eval()") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "x");
  CHECK_EQ(heap.scripts->Find(script)->file, "app.js");
  CHECK_EQ(heap.scripts->Find(script)->id, 17);
  CHECK(!heap.scripts->Find(script)->is_eval);
  heap.Set(script, heap.layout.script_source_url, heap.OneByte("named.js"));
  heap.Set(script, heap.layout.script_flags, Heap::Smi(1));
  heap.scripts->Reset();
  CHECK_EQ(heap.scripts->Find(script)->file, "named.js");
  CHECK(heap.scripts->Find(script)->is_eval);
  CHECK(heap.scripts->Find(heap.Array({})) == nullptr);
}

TEST("ScriptTable has no source of a rope") {
  CodeHeap heap;
  const Tagged script = heap.Script("app.js", "abc");
  vm::FlatString source;
  CHECK(heap.scripts->SourceOf(script, &source));
  CHECK_EQ(source.length, 3);
  heap.scripts->Reset();
  heap.Set(script, heap.layout.script_source, heap.Cons(heap.OneByte("a"), heap.OneByte("b"), 2));
  CHECK(!heap.scripts->SourceOf(script, &source));
}

}  // namespace

}  // namespace gmr::test

// From machine code and bytecode to a place in the source: tables that V8 writes.

#include "../../native/image/objects/source_positions.h"
#include "../../native/image/objects/source_window.h"
#include "../../native/image/stack/safepoint_table.h"
#include "code_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

int32_t ScriptOffset(CodeHeap& heap, Tagged table, int64_t code_offset) {
  vm::SourcePosition position;
  return vm::FindSourcePosition(heap.objects, table, code_offset, &position) ? position.ScriptOffset() : -2;
}

// function f() { g(); return h(); }, as Node 20 compiles it: two calls and a return.
const std::vector<Position> kPositions = {{0, 15}, {5, 15, false}, {9, 20}, {14, 27, false}, {18, 31}};

TEST("FindSourcePosition takes the last entry at or before an offset") {
  CodeHeap heap;
  const Tagged table = heap.ByteArray(EncodePositions(kPositions));
  CHECK_EQ(ScriptOffset(heap, table, 0), 15);
  CHECK_EQ(ScriptOffset(heap, table, 8), 15);
  CHECK_EQ(ScriptOffset(heap, table, 9), 20);
  CHECK_EQ(ScriptOffset(heap, table, 14), 27);
  CHECK_EQ(ScriptOffset(heap, table, 1000), 31);
}

TEST("FindSourcePosition reads a table byte by byte") {
  CodeHeap heap;
  // Code +1 as a statement, position 32; code +5 as an expression, the same position.
  CHECK_EQ(EncodePositions({{0, 15}, {5, 15, false}}), std::vector<uint8_t>({0x02, 0x40, 0x0b, 0x00}));
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray({0x02, 0x40, 0x0b, 0x00}), 5), 15);
}

TEST("FindSourcePosition finds nothing before the first entry") {
  CodeHeap heap;
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray(EncodePositions({{4, 10}})), 3), -2);
}

TEST("FindSourcePosition knows positions that go back") {
  CodeHeap heap;
  const Tagged table = heap.ByteArray(EncodePositions({{0, 100'000}, {3, 7}, {6, 50'000, false}}));
  CHECK_EQ(ScriptOffset(heap, table, 3), 7);
  CHECK_EQ(ScriptOffset(heap, table, 6), 50'000);
}

TEST("FindSourcePosition refuses tables that are cut off, empty or none") {
  CodeHeap heap;
  std::vector<uint8_t> bytes = EncodePositions({{0, 100'000}});
  bytes.pop_back();
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray(bytes), 5), -2);
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray({}), 5), -2);
  CHECK_EQ(ScriptOffset(heap, heap.Array({}), 5), -2);
  CHECK_EQ(ScriptOffset(heap, Heap::Smi(0), 5), -2);
}

TEST("FindSourcePosition shifts code offsets since V8 14") {
  CodeHeap heap;
  heap.layout.position_delta_shift = 1;
  std::vector<uint8_t> bytes;
  AppendSigned(1 << 1, &bytes);
  AppendSigned((7 + 1) << 1, &bytes);
  AppendSigned(~int64_t{10 << 1}, &bytes);
  AppendSigned(2 << 1, &bytes);
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray(bytes), 9), 7);
  CHECK_EQ(ScriptOffset(heap, heap.ByteArray(bytes), 10), 9);
}

TEST("SourcePosition has no offset in generated code") {
  CHECK_EQ((vm::SourcePosition{(uint64_t{8} + 1) << 1}).ScriptOffset(), 8);
  CHECK_EQ((vm::SourcePosition{(uint64_t{8} + 1) << 1 | 1}).ScriptOffset(), -1);
  CHECK_EQ((vm::SourcePosition{0}).ScriptOffset(), -1);
}

TEST("FindBytecodePosition reads the table of a bytecode array") {
  CodeHeap heap;
  const Tagged bytecode = heap.Bytecode(kPositions);
  int32_t offset = 0;
  CHECK(vm::FindBytecodePosition(heap.objects, bytecode, 15, &offset));
  CHECK_EQ(offset, 27);
  CHECK(!vm::FindBytecodePosition(heap.objects, heap.Bytecode({}), 15, &offset));
}

TEST("FindBaselineBytecodeOffset counts bytecodes along their machine code") {
  CodeHeap heap;
  // LdaZero, LdaSmi with one operand, the same with a wide one, LdaZero
  const Tagged bytecode = heap.Bytecode({}, {0x0c, 0x0d, 0x05, 0x00, 0x0d, 0x05, 0x01, 0x0c});
  const Tagged table = heap.ByteArray({20, 4, 6, 8, 10});
  int32_t offset = -1;
  const auto find = [&](int64_t pc) {
    return vm::FindBaselineBytecodeOffset(heap.objects, table, bytecode, pc, &offset) ? offset : -1;
  };
  CHECK_EQ(find(24), 0);
  CHECK_EQ(find(25), 1);
  CHECK_EQ(find(30), 1);
  CHECK_EQ(find(38), 3);
  CHECK_EQ(find(39), 7);
  CHECK_EQ(find(49), -1);
}

TEST("FindBaselineBytecodeOffset refuses bytecodes that it does not know") {
  CodeHeap heap;
  int32_t offset = -1;
  const Tagged table = heap.ByteArray({20, 4, 6});
  CHECK(!vm::FindBaselineBytecodeOffset(heap.objects, table, heap.Bytecode({}, {0xff, 0x0c}), 28, &offset));
  CHECK(!vm::FindBaselineBytecodeOffset(heap.objects, table, heap.Bytecode({}), 28, &offset));
  CHECK(!vm::FindBaselineBytecodeOffset(heap.objects, Heap::Smi(0), heap.Bytecode({}, {0x0c}), 28, &offset));
}

TEST("CodeLookup finds the code that a pc is in") {
  CodeHeap heap;
  const vm::CodeObject code = heap.Compiled(heap.layout.kind_turbofan, 200);
  vm::CodeLookup lookup(&heap.objects);
  vm::CodeObject found;
  CHECK(lookup.Find(code.start + 150, &found));
  CHECK(found.code == code.code);
  CHECK_EQ(found.start, code.start);
  CHECK_EQ(found.size, 200);
  CHECK_EQ(found.kind, heap.layout.kind_turbofan);
  CHECK(lookup.Find(code.start + 200, &found));
}

TEST("CodeLookup finds no code behind the end of the last one") {
  CodeHeap heap;
  const vm::CodeObject code = heap.Compiled(heap.layout.kind_maglev, 64);
  heap.Allocate(1024);
  vm::CodeLookup lookup(&heap.objects);
  vm::CodeObject found;
  CHECK(!lookup.Find(code.start + 500, &found));
  CHECK(lookup.Find(code.start + 10, &found));
}

TEST("CodeLookup believes only a header that its code object points back to") {
  CodeHeap heap;
  const vm::CodeObject code = heap.Compiled(heap.layout.kind_maglev, 64);
  heap.Put(code.code, heap.layout.code_start, code.start + 32);
  vm::CodeLookup lookup(&heap.objects);
  vm::CodeObject found;
  CHECK(!lookup.Find(code.start + 10, &found));
}

TEST("CodeLookup remembers code and gaps until Reset()") {
  CodeHeap heap;
  const vm::CodeObject code = heap.Compiled(heap.layout.kind_maglev, 64);
  vm::CodeLookup lookup(&heap.objects);
  vm::CodeObject found;
  CHECK(lookup.Find(code.start + 10, &found));
  heap.Put(code.code, heap.layout.code_start, uint64_t{0});
  CHECK(lookup.Find(code.start + 20, &found));
  lookup.Reset();
  CHECK(!lookup.Find(code.start + 20, &found));
  heap.Put(code.code, heap.layout.code_start, code.start);
  CHECK(!lookup.Find(code.start + 20, &found));
  lookup.Reset();
  CHECK(lookup.Find(code.start + 20, &found));
}

TEST("FindDeoptIndex finds the entry of a return address") {
  CodeHeap heap;
  const auto code = heap.Compiled(heap.layout.kind_turbofan, 96,
                                  Safepoints({{0x10, 0, 3, 0, 0, 0}, {0x20, 0, 8, 0x51, 0, 0}}));
  CHECK_EQ(vm::FindDeoptIndex(heap.objects, code, code.start + 0x10), 2);
  CHECK_EQ(vm::FindDeoptIndex(heap.objects, code, code.start + 0x20), 7);
  CHECK_EQ(vm::FindDeoptIndex(heap.objects, code, code.start + 0x50), 7);
  CHECK_EQ(vm::FindDeoptIndex(heap.objects, code, code.start + 0x30), -1);
}

TEST("FindDeoptIndex refuses tables that make no sense") {
  CodeHeap heap;
  for (const uint32_t configuration : {0xa2u, 0x83u, 0x23u, 0xd3u}) {
    const auto code =
        heap.Compiled(heap.layout.kind_turbofan, 96, Safepoints({{0x10, 0, 3, 0, 0, 0}}, configuration));
    CHECK_EQ(vm::FindDeoptIndex(heap.objects, code, code.start + 0x10), -1);
  }
  const auto none = heap.Compiled(heap.layout.kind_turbofan, 96, Safepoints({}));
  CHECK_EQ(vm::FindDeoptIndex(heap.objects, none, none.start + 0x10), -1);
}

std::string Shown(const CodeHeap& heap, Tagged source, uint32_t position, vm::SourceWindow* window) {
  vm::FlatString flat;
  std::string_view text;
  CHECK(heap.strings.Flatten(source, &flat));
  CHECK(window->Read(&heap.objects.memory(), flat, position));
  CHECK(heap.strings.CopyPart(flat, window->begin(), window->end(), &text));
  return std::string(text);
}

TEST("SourceWindow shows the line of a position") {
  CodeHeap heap;
  vm::SourceWindow window;
  const Tagged source = heap.OneByte("one\ntwo two\r\nthree");
  CHECK_EQ(Shown(heap, source, 5, &window), "two two");
  CHECK_EQ(window.line_start(), 4);
  CHECK(window.knows_line_start() && !window.is_cut());
  CHECK_EQ(Shown(heap, source, 0, &window), "one");
  CHECK_EQ(Shown(heap, source, 18, &window), "three");
}

TEST("SourceWindow cuts long lines around the position") {
  CodeHeap heap;
  vm::SourceWindow window;
  const Tagged source = heap.OneByte(std::string(1000, 'a') + "X" + std::string(1000, 'b'));
  const std::string shown = Shown(heap, source, 1000, &window);
  CHECK_EQ(shown.size(), 200);
  CHECK_EQ(shown[100], 'X');
  CHECK(window.is_cut() && !window.knows_line_start());
}

TEST("SourceWindow cuts no pair of surrogates") {
  CodeHeap heap;
  vm::SourceWindow window;
  std::u16string text;
  for (int i = 0; i < 300; ++i) text += u"🎉";
  const std::string shown = Shown(heap, heap.TwoByte(text), 301, &window);
  CHECK(shown.find("\ufffd") == std::string::npos);
}

TEST("CountLineBreaks counts a carriage return and its line feed once") {
  CodeHeap heap;
  vm::FlatString flat;
  int32_t breaks = 0;
  CHECK(heap.strings.Flatten(heap.OneByte("a\nb\r\nc\rd"), &flat));
  CHECK(vm::CountLineBreaks(&heap.reader, flat, 0, flat.length, &breaks));
  CHECK_EQ(breaks, 3);
  CHECK(vm::CountLineBreaks(&heap.reader, flat, 0, 4, &breaks));
  CHECK_EQ(breaks, 1);
}

}  // namespace

}  // namespace gmr::test

// DWARF's numbers, expressions and call frame instructions.

#include <vector>

#include "../../native/unwind/cfi_program.h"
#include "../../native/unwind/dwarf_expression.h"
#include "harness.h"
#include "recorded_memory.h"

namespace gmr::test {

namespace {

using platform::CfiProgram;
using platform::DwarfCursor;
using platform::EvaluateExpression;
using platform::MemoryReader;
using platform::Registers;
using platform::RuleKind;
using platform::UnwindEntry;
using platform::UnwindRow;

using Bytes = std::vector<uint8_t>;

DwarfCursor CursorOf(const Bytes& bytes, platform::Address address = 0x1000_at) {
  return DwarfCursor(bytes.data(), bytes.size(), address);
}

TEST("DwarfCursor takes unsigned numbers of any length") {
  const Bytes bytes = {0x02, 0xe5, 0x8e, 0x26, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
  DwarfCursor cursor = CursorOf(bytes);
  CHECK_EQ(cursor.TakeUleb(), 2);
  CHECK_EQ(cursor.TakeUleb(), 624485);
  CHECK_EQ(cursor.TakeUleb(), UINT64_MAX);
  CHECK(cursor.AtEnd() && !cursor.failed());
}

TEST("DwarfCursor takes signed numbers of any length") {
  const Bytes bytes = {0x02, 0x7e, 0xff, 0x00, 0x80, 0x7f};
  DwarfCursor cursor = CursorOf(bytes);
  CHECK_EQ(cursor.TakeSleb(), 2);
  CHECK_EQ(cursor.TakeSleb(), -2);
  CHECK_EQ(cursor.TakeSleb(), 127);
  CHECK_EQ(cursor.TakeSleb(), -128);
}

TEST("DwarfCursor fails at a number that does not end, and yields zeros from then on") {
  const Bytes bytes = {0x80, 0x80};
  DwarfCursor cursor = CursorOf(bytes);
  CHECK_EQ(cursor.TakeUleb(), 0);
  CHECK(cursor.failed());
  CHECK_EQ(cursor.Take<uint32_t>(), 0);
}

TEST("DwarfCursor refuses numbers of more than ten bytes") {
  const Bytes bytes(11, 0x80);
  DwarfCursor cursor = CursorOf(bytes);
  cursor.TakeSleb();
  CHECK(cursor.failed());
}

TEST("DwarfCursor knows the address of what comes next") {
  const Bytes bytes = {1, 2, 3, 4, 5, 6};
  DwarfCursor cursor = CursorOf(bytes);
  CHECK_EQ(cursor.Take<uint16_t>(), 0x0201);
  CHECK_EQ(cursor.address(), 0x1002);
  CHECK_EQ(cursor.left(), 4);
}

TEST("DwarfCursor takes a block, and goes on behind it") {
  const Bytes bytes = {1, 2, 3, 4};
  DwarfCursor cursor = CursorOf(bytes);
  DwarfCursor block = cursor.TakeBlock(3);
  CHECK_EQ(block.left(), 3);
  CHECK_EQ(cursor.Take<uint8_t>(), 4);
  CHECK_EQ(block.Take<uint8_t>(), 1);
  CHECK(!cursor.failed());
}

TEST("DwarfCursor refuses a block that is longer than the rest") {
  const Bytes bytes = {1, 2};
  DwarfCursor cursor = CursorOf(bytes);
  CHECK(cursor.TakeBlock(3).AtEnd());
  CHECK(cursor.failed());
  CHECK(cursor.AtEnd());
}

constexpr platform::Address kMemory(0x6000'0000);

std::optional<uint64_t> Evaluate(const Bytes& expression, std::optional<uint64_t> initial = std::nullopt) {
  RecordedMemory source;
  source.Map(kMemory, RecordedMemory::kPage);
  source.Put(kMemory + 8, uint64_t{0xabc});
  MemoryReader reader(&source);
  Registers registers;
  registers.Set(static_cast<platform::Register>(3), 1000);
  registers.Set(platform::kStackPointer, kMemory);
  return EvaluateExpression(CursorOf(expression), registers, initial, &reader);
}

TEST("EvaluateExpression pushes constants") {
  CHECK_EQ(Evaluate({0x08, 0xff}).value(), 255);
  CHECK_EQ(Evaluate({0x09, 0xff}).value(), UINT64_MAX);
  CHECK_EQ(Evaluate({0x0a, 0x34, 0x12}).value(), 0x1234);
  CHECK_EQ(Evaluate({0x0b, 0xfe, 0xff}).value(), UINT64_MAX - 1);
  CHECK_EQ(Evaluate({0x0c, 0xff, 0xff, 0xff, 0xff}).value(), 0xffffffff);
  CHECK_EQ(Evaluate({0x10, 0x80, 0x01}).value(), 128);
  CHECK_EQ(Evaluate({0x11, 0x7f}).value(), UINT64_MAX);
  CHECK_EQ(Evaluate({0x4f}).value(), 31);
}

TEST("EvaluateExpression reads registers that are known") {
  CHECK_EQ(Evaluate({0x73, 0x08}).value(), 1008);
  CHECK_EQ(Evaluate({0x73, 0x78}).value(), 992);
  CHECK_EQ(Evaluate({0x53}).value(), 1000);
  CHECK(!Evaluate({0x70, 0x00}).has_value());
  CHECK(!Evaluate({0x8e, 0x00}).has_value());
}

TEST("EvaluateExpression reads memory that is there") {
  CHECK_EQ(Evaluate({static_cast<uint8_t>(0x70 + platform::kStackPointer), 0x08, 0x06}).value(), 0xabc);
  CHECK(!Evaluate({0x30, 0x06}).has_value());
}

TEST("EvaluateExpression calculates") {
  CHECK_EQ(Evaluate({0x36, 0x34, 0x1c}).value(), 2);
  CHECK_EQ(Evaluate({0x36, 0x34, 0x22}).value(), 10);
  CHECK_EQ(Evaluate({0x36, 0x34, 0x1e}).value(), 24);
  CHECK_EQ(Evaluate({0x36, 0x33, 0x1a}).value(), 2);
  CHECK_EQ(Evaluate({0x36, 0x33, 0x21}).value(), 7);
  CHECK_EQ(Evaluate({0x36, 0x33, 0x27}).value(), 5);
  CHECK_EQ(Evaluate({0x36, 0x1f}).value(), UINT64_MAX - 5);
  CHECK_EQ(Evaluate({0x36, 0x20}).value(), UINT64_MAX - 6);
  CHECK_EQ(Evaluate({0x36, 0x23, 0x80, 0x01}).value(), 134);
}

TEST("EvaluateExpression shifts, also by more than there are bits") {
  CHECK_EQ(Evaluate({0x31, 0x34, 0x24}).value(), 16);
  CHECK_EQ(Evaluate({0x40, 0x34, 0x25}).value(), 1);
  CHECK_EQ(Evaluate({0x31, 0x08, 64, 0x24}).value(), 0);
}

TEST("EvaluateExpression compares with signs") {
  CHECK_EQ(Evaluate({0x09, 0xff, 0x31, 0x2d}).value(), 1);
  CHECK_EQ(Evaluate({0x09, 0xff, 0x31, 0x2b}).value(), 0);
  CHECK_EQ(Evaluate({0x35, 0x35, 0x29}).value(), 1);
  CHECK_EQ(Evaluate({0x35, 0x35, 0x2e}).value(), 0);
  CHECK_EQ(Evaluate({0x35, 0x35, 0x2a}).value(), 1);
  CHECK_EQ(Evaluate({0x36, 0x35, 0x2c}).value(), 0);
}

TEST("EvaluateExpression begins with the value that it is given") {
  CHECK_EQ(Evaluate({0x23, 0x05}, 100).value(), 105);
  CHECK_EQ(Evaluate({0x96}, 100).value(), 100);
  CHECK_EQ(Evaluate({0x12, 0x22}, 100).value(), 200);
  CHECK(!Evaluate({0x13}, 100).has_value());
}

TEST("EvaluateExpression refuses branches, missing operands and unknown operations") {
  CHECK(!Evaluate({0x31, 0x28, 0x00, 0x00}).has_value());
  CHECK(!Evaluate({0x2f, 0x00, 0x00}).has_value());
  CHECK(!Evaluate({0x22}).has_value());
  CHECK(!Evaluate({0x0a, 0x01}).has_value());
  CHECK(!Evaluate({}).has_value());
}

TEST("EvaluateExpression refuses a stack that is too deep") {
  CHECK(Evaluate(Bytes(32, 0x31)).has_value());
  CHECK(!Evaluate(Bytes(33, 0x31)).has_value());
}

struct Program {
  UnwindEntry entry;
  UnwindRow row;

  // CFA = register 7 + 8, return address in register 16 at CFA - 8: what a call leaves on x64.
  static constexpr uint8_t kCommon[] = {0x0c, 0x07, 0x08, 0x90, 0x01};

  bool Run(const Bytes& function, platform::Address pc) {
    entry.function = {0x1000_at, 0x2000_at};
    entry.data_factor = -8;
    entry.common_program = DwarfCursor(kCommon, sizeof kCommon, {});
    entry.function_program = CursorOf(function);
    return CfiProgram().ComputeRow(entry, pc, &row);
  }
};

TEST("CfiProgram has the row of the common part at the beginning of a function") {
  Program program;
  CHECK(program.Run({0x41, 0x0e, 0x10}, 0x1000_at));
  CHECK_EQ(program.row.cfa_register, 7);
  CHECK_EQ(program.row.cfa_offset, 8);
  CHECK(program.row.rules[16].kind == RuleKind::kAtOffset);
  CHECK_EQ(program.row.rules[16].offset, -8);
}

TEST("CfiProgram follows a prologue up to the pc") {
  // push rbp; mov rbp, rsp
  const Bytes prologue = {0x41, 0x0e, 0x10, 0x86, 0x02, 0x43, 0x0d, 0x06};
  Program program;
  CHECK(program.Run(prologue, 0x1001_at));
  CHECK_EQ(program.row.cfa_offset, 16);
  CHECK_EQ(program.row.cfa_register, 7);
  CHECK_EQ(program.row.rules[6].offset, -16);
  CHECK(program.Run(prologue, 0x1004_at));
  CHECK_EQ(program.row.cfa_register, 6);
  CHECK_EQ(program.row.cfa_offset, 16);
}

TEST("CfiProgram advances by one, two and four bytes, times a factor") {
  const Bytes steps = {0x02, 0x10, 0x0e, 0x10, 0x03, 0x00, 0x01, 0x0e,
                       0x18, 0x04, 0x00, 0x01, 0x00, 0x00, 0x0e, 0x20};
  Program program;
  CHECK(program.Run(steps, 0x100f_at));
  CHECK_EQ(program.row.cfa_offset, 8);
  CHECK(program.Run(steps, 0x1010_at));
  CHECK_EQ(program.row.cfa_offset, 16);
  CHECK(program.Run(steps, 0x1110_at));
  CHECK_EQ(program.row.cfa_offset, 24);
  CHECK(program.Run(steps, 0x1210_at));
  CHECK_EQ(program.row.cfa_offset, 32);
  program.entry.code_factor = 4;
  CHECK(program.Run(steps, 0x1010_at));
  CHECK_EQ(program.row.cfa_offset, 8);
}

TEST("CfiProgram remembers and restores rows") {
  const Bytes function = {0x0a, 0x0e, 0x40, 0x41, 0x0b};
  Program program;
  CHECK(program.Run(function, 0x1000_at));
  CHECK_EQ(program.row.cfa_offset, 64);
  CHECK(program.Run(function, 0x1001_at));
  CHECK_EQ(program.row.cfa_offset, 8);
}

TEST("CfiProgram refuses to restore what was not remembered, and to remember too much") {
  Program program;
  CHECK(!program.Run({0x0b}, 0x1000_at));
  CHECK(program.Run(Bytes(8, 0x0a), 0x1000_at));
  CHECK(!program.Run(Bytes(9, 0x0a), 0x1000_at));
}

TEST("CfiProgram restores a register to its rule of the common part") {
  Program program;
  CHECK(program.Run({0x90, 0x05, 0xd0}, 0x1000_at));
  CHECK_EQ(program.row.rules[16].offset, -8);
  CHECK(program.Run({0x86, 0x02, 0xc6}, 0x1000_at));
  CHECK(program.row.rules[6].kind == RuleKind::kUnspecified);
}

TEST("CfiProgram knows all kinds of rules") {
  Program program;
  CHECK(
      program.Run({0x07, 0x01, 0x08, 0x02, 0x09, 0x03, 0x06, 0x14, 0x04, 0x02, 0x11, 0x05, 0x7e}, 0x1000_at));
  CHECK(program.row.rules[1].kind == RuleKind::kUndefined);
  CHECK(program.row.rules[2].kind == RuleKind::kSameValue);
  CHECK(program.row.rules[3].kind == RuleKind::kInRegister);
  CHECK_EQ(program.row.rules[3].offset, 6);
  CHECK(program.row.rules[4].kind == RuleKind::kIsOffset);
  CHECK_EQ(program.row.rules[4].offset, -16);
  CHECK(program.row.rules[5].kind == RuleKind::kAtOffset);
  CHECK_EQ(program.row.rules[5].offset, 16);
}

TEST("CfiProgram keeps expressions for later") {
  Program program;
  CHECK(program.Run({0x0f, 0x02, 0x77, 0x08, 0x10, 0x06, 0x01, 0x96, 0x16, 0x03, 0x01, 0x31}, 0x1000_at));
  CHECK(program.row.cfa_is_expression);
  CHECK_EQ(program.row.cfa_expression.left(), 2);
  CHECK(program.row.rules[6].kind == RuleKind::kAtExpression);
  CHECK(program.row.rules[3].kind == RuleKind::kIsExpression);
  CHECK(program.Run({0x0f, 0x01, 0x96, 0x0d, 0x06}, 0x1000_at));
  CHECK(!program.row.cfa_is_expression);
}

TEST("CfiProgram ignores registers that nobody asks for, and the size of arguments") {
  Program program;
  CHECK(program.Run({0x05, 0x90, 0x01, 0x02, 0x2e, 0x10, 0x00, 0x2d}, 0x1000_at));
  CHECK_EQ(program.row.cfa_offset, 8);
}

TEST("CfiProgram refuses unknown instructions and what is cut off") {
  Program program;
  CHECK(!program.Run({0x3f}, 0x1000_at));
  CHECK(!program.Run({0x0e}, 0x1000_at));
  CHECK(!program.Run({0x0f, 0x05, 0x77}, 0x1000_at));
  CHECK(!program.Run({0x03, 0x01}, 0x1000_at));
}

TEST("CfiProgram reads no further than the pc") {
  Program program;
  CHECK(program.Run({0x42, 0x3f}, 0x1001_at));
  CHECK(!program.Run({0x42, 0x3f}, 0x1002_at));
}

TEST("CfiProgram refuses a row without a CFA") {
  UnwindEntry entry;
  UnwindRow row;
  entry.function = {0x1000_at, 0x2000_at};
  CHECK(!CfiProgram().ComputeRow(entry, 0x1000_at, &row));
}

}  // namespace

}  // namespace gmr::test

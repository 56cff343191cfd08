// Frames of V8's: their markers, whose code they are in, and what was inlined into them.

#include "../../native/image/stack/code_ranges.h"
#include "../../native/image/stack/deopt_frames.h"
#include "../../native/image/stack/entry_frame.h"
#include "code_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

// An inlined function in its caller: the innermost is what the deoptimizer would make last.
struct Deoptimized : CodeHeap {
  Tagged inner = Shared({.name = "inner"});
  Tagged outer = Shared({.name = "outer"});
  Tagged function = JsFunction(outer);
  std::vector<uint8_t> translation;
  vm::InlinedFrames frames;
  static constexpr platform::Address kFrame = kStart + 0xf'0000;

  void Command(uint8_t opcode, std::initializer_list<int64_t> operands) {
    translation.push_back(opcode);
    // As base::VLQEncode() does: the lowest bit is the sign.
    for (const int64_t operand : operands)
      AppendUnsigned(static_cast<uint64_t>(operand < 0 ? -operand : operand) << 1 | (operand < 0 ? 1 : 0),
                     &translation);
  }
  void Begin(int64_t frame_count, int64_t js_count) { Command(3, {0, frame_count, js_count}); }
  bool Decode(size_t translation_at = 0) {
    auto code = Compiled(layout.kind_turbofan, 96, Safepoints({{0x10, 0, 1, 0, 0, 0}}));
    std::vector<Tagged> data(14, Smi(0));
    data[0] = ByteArray(translation);
    data[2] = Array({outer, function, inner, OneByte("receiver")});
    data[12] = Smi(static_cast<int32_t>(translation_at));
    Set(code.code, layout.code_deopt_data, Array(data));
    return vm::DecodeDeoptFrames(objects, code, code.start + 0x10, kFrame, &frames);
  }
};

TEST("DecodeDeoptFrames lists inlined functions from the inside out") {
  Deoptimized heap;
  heap.Begin(2, 2);
  heap.Command(24, {7, 0, 1});
  heap.Command(29, {1});
  heap.Command(29, {3});
  heap.Command(24, {12, 2, 1});
  heap.Command(28, {});
  CHECK(heap.Decode());
  CHECK_EQ(heap.frames.count, 2);
  CHECK(heap.frames.at[0].shared == heap.inner);
  CHECK_EQ(heap.frames.at[0].bytecode_offset, 12);
  CHECK(heap.frames.at[0].function == Tagged());
  CHECK(heap.frames.at[1].shared == heap.outer);
  CHECK(heap.frames.at[1].function == heap.function);
  CHECK(heap.strings.Equals(heap.frames.at[1].receiver, "receiver"));
  CHECK(!heap.frames.at[0].is_constructor && !heap.frames.constructs_callee);
}

TEST("DecodeDeoptFrames reads functions and receivers from the stack") {
  Deoptimized heap;
  heap.Begin(1, 1);
  heap.Command(23, {7, 2, 1, 0, 0});
  heap.Command(31, {2});
  heap.Command(31, {-1});
  heap.memory.Put(Deoptimized::kFrame - 8, heap.function.bits());
  heap.memory.Put(Deoptimized::kFrame + 16, Heap::Smi(5).bits());
  CHECK(heap.Decode());
  CHECK(heap.frames.at[0].function == heap.function);
  CHECK(heap.frames.at[0].receiver == Heap::Smi(5));
}

TEST("DecodeDeoptFrames knows constructors and builtins") {
  Deoptimized heap;
  heap.Begin(3, 2);
  heap.Command(25, {9, 0, 1});
  heap.Command(29, {1});
  heap.Command(28, {});
  heap.Command(8, {0, 0, 0});
  heap.Command(24, {12, 2, 1});
  heap.Command(28, {});
  CHECK(heap.Decode());
  CHECK_EQ(heap.frames.count, 2);
  CHECK(heap.frames.at[0].is_constructor);
  CHECK(heap.frames.at[1].is_builtin);
  CHECK(heap.frames.at[1].shared == heap.outer);
}

TEST("DecodeDeoptFrames refuses another number of frames than it was told") {
  Deoptimized more;
  more.Begin(1, 2);
  more.Command(24, {7, 0, 1});
  more.Command(28, {});
  CHECK(!more.Decode());
  Deoptimized fewer;
  fewer.Begin(2, 2);
  fewer.Command(24, {7, 0, 1});
  CHECK(!fewer.Decode());
}

TEST("DecodeDeoptFrames refuses what does not begin with a beginning, and unknown literals") {
  Deoptimized begin;
  begin.Command(24, {7, 0, 1});
  CHECK(!begin.Decode());
  Deoptimized literal;
  literal.Begin(1, 1);
  literal.Command(24, {7, 9, 1});
  CHECK(!literal.Decode());
}

TEST("DecodeDeoptFrames takes commands from the previous translation") {
  Deoptimized heap;
  heap.Begin(1, 1);
  heap.Command(24, {7, 0, 1});
  heap.Command(29, {1});
  heap.Command(29, {3});
  const size_t second = heap.translation.size();
  // How far back that one begins, frames, frames of JavaScript; then three commands of it.
  heap.translation.push_back(3);
  AppendUnsigned(second, &heap.translation);
  heap.translation.insert(heap.translation.end(), {1 << 1, 1 << 1, 36 + 3});
  CHECK(heap.Decode(second));
  CHECK_EQ(heap.frames.count, 1);
  CHECK_EQ(heap.frames.at[0].bytecode_offset, 7);
  CHECK(heap.frames.at[0].function == heap.function);
  CHECK(heap.strings.Equals(heap.frames.at[0].receiver, "receiver"));
}

TEST("CodeRanges knows whose code an address is in") {
  const auto ranges = std::make_unique<vm::CodeRanges>();
  CHECK(ranges->Add(0x1000_at, 0x2000_at, vm::CodeOwner::kBuiltins));
  CHECK(ranges->Add(0x3000_at, 0x4000_at, vm::CodeOwner::kJit));
  CHECK(ranges->OwnerOf(0x1000_at) == vm::CodeOwner::kBuiltins);
  CHECK(ranges->OwnerOf(0x3fff_at) == vm::CodeOwner::kJit);
  CHECK(ranges->OwnerOf(0x2000_at) == vm::CodeOwner::kNone);
  CHECK(!ranges->Has(0x4000_at));
  CHECK(!ranges->Add(0x5000_at, 0x5000_at, vm::CodeOwner::kJit));
}

TEST("CodeRanges joins neighbours, and refuses more ranges than fit") {
  const auto ranges = std::make_unique<vm::CodeRanges>();
  for (int i = 1; i <= 1000; ++i)
    CHECK(ranges->Add(0_at + i * 0x1000, 0_at + (i + 1) * 0x1000, vm::CodeOwner::kJit));
  for (int i = 1; i < vm::CodeRanges::kMaxRanges; ++i)
    CHECK(ranges->Add(0x1000'0000_at + i * 0x2000, 0x1000'1000_at + i * 0x2000, vm::CodeOwner::kJit));
  CHECK(!ranges->Add(0x9000'0000_at, 0x9000'1000_at, vm::CodeOwner::kJit));
  ranges->Clear();
  CHECK(!ranges->Has(0x1000_at));
}

TEST("FillCodeRanges takes anonymous code for V8's, and finds copies of the builtins") {
  constexpr std::string_view kMaps =
      "00400000-00500000 r-xp 00000000 08:01 131 /usr/bin/node\n"
      "10000000-10100000 rwxp 00000000 00:00 0\n"
      "20000000-20080000 r-xp 00040000 08:01 131 /usr/bin/node\n"
      "30000000-30001000 r-xp 00000000 08:01 77 /usr/lib/libc.so\n";
  const auto maps = platform::ProcMaps::Parse(std::vector<char>(kMaps.begin(), kMaps.end()));
  const auto ranges = std::make_unique<vm::CodeRanges>();
  CHECK(vm::FillCodeRanges(maps, platform::ModuleList(), {0x450000_at, 0x460000_at}, ranges.get()));
  CHECK(ranges->OwnerOf(0x450000_at) == vm::CodeOwner::kBuiltins);
  CHECK(ranges->OwnerOf(0x10000000_at) == vm::CodeOwner::kJit);
  CHECK(ranges->OwnerOf(0x20010000_at) == vm::CodeOwner::kBuiltins);
  CHECK(ranges->OwnerOf(0x20020000_at) == vm::CodeOwner::kNone);
  CHECK(ranges->OwnerOf(0x400000_at) == vm::CodeOwner::kNone);
  CHECK(ranges->OwnerOf(0x30000000_at) == vm::CodeOwner::kNone);
}

TEST("FrameTypeOf knows the markers of frames") {
  const vm::Layout layout = LayoutOfNode20();
  vm::FrameType type = vm::FrameType::kCount;
  CHECK(vm::FrameTypeOf(layout, 2, &type));
  CHECK(type == vm::FrameType::kEntry);
  CHECK(vm::FrameTypeOf(layout, 50, &type));
  CHECK(type == vm::FrameType::kBuiltinExit);
  CHECK(vm::IsExit(type));
  CHECK(!vm::IsExit(vm::FrameType::kInternal));
}

TEST("FrameTypeOf refuses words that mark no frame") {
  const vm::Layout layout = LayoutOfNode20();
  vm::FrameType type = vm::FrameType::kCount;
  for (const uint64_t marker :
       {uint64_t{0}, uint64_t{3}, uint64_t{1026}, uint64_t{2} * 400, Heap::kStart.number()})
    CHECK(!vm::FrameTypeOf(layout, marker, &type));
}

TEST("LoadEntryRegisters begins at the exit frame that the isolate notes") {
  Heap heap;
  const platform::Address isolate = heap.Allocate(1024);
  const platform::Address frame = heap.Allocate(64) + 32;
  heap.memory.Put(isolate + 384, frame);
  heap.memory.Put(frame - 8, uint64_t{3 * 2});
  platform::Registers registers;
  CHECK(vm::LoadEntryRegisters(isolate, 384, heap.layout, &heap.reader, &registers));
  CHECK_EQ(registers.Get(platform::kFramePointer), frame);
  CHECK(!registers.Has(platform::kProgramCounter));
  CHECK(!vm::LoadEntryRegisters(isolate, -1, heap.layout, &heap.reader, &registers));
  heap.memory.Put(frame - 8, uint64_t{17 * 2});
  heap.reader.Forget();
  CHECK(!vm::LoadEntryRegisters(isolate, 384, heap.layout, &heap.reader, &registers));
}

TEST("LoadOuterExit finds the exit frame that an entry frame notes") {
  Heap heap;
  const platform::Address entry = heap.Allocate(512) + 256;
  const platform::Address outer = entry + 128;
  heap.memory.Put(entry - 72, outer);
  heap.memory.Put(outer - 8, uint64_t{3 * 2});
  platform::Registers registers;
  CHECK(vm::LoadOuterExit(entry, heap.layout, &heap.reader, &registers));
  CHECK_EQ(registers.Get(platform::kFramePointer), outer);
  heap.memory.Put(entry - 72, entry - 128);
  heap.reader.Forget();
  CHECK(!vm::LoadOuterExit(entry, heap.layout, &heap.reader, &registers));
}

TEST("ApplyVersionTable knows four versions of V8") {
  for (const auto& [major, minor] :
       {std::pair{11, 3}, std::pair{12, 4}, std::pair{13, 6}, std::pair{14, 6}}) {
    vm::Layout layout;
    CHECK(vm::ApplyVersionTable(major, minor, &layout));
    CHECK(layout.bytecode_sizes.count > 190);
    CHECK_EQ(layout.translation.operand_counts[layout.translation.literal], 1);
  }
  vm::Layout layout;
  CHECK(!vm::ApplyVersionTable(11, 4, &layout));
  CHECK(!vm::ApplyVersionTable(15, 0, &layout));
}

}  // namespace

}  // namespace gmr::test

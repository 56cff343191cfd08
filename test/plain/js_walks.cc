// Stacks of JavaScript, read frame by frame from memory that was written here.

#include "../../native/image/objects/heap_layout.h"
#include "../../native/image/stack/js_frames.h"
#include "code_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::NextFrame;
using vm::RawFrame;
using vm::RawFrameKind;
using vm::RawFrameQuality;
using vm::RawFrameTier;

constexpr platform::Address kStack(0x7ffe'0000'0000);
constexpr uint64_t kStackBytes = 0x10000;
// The interpreter is in it.
constexpr platform::Address kBuiltins(0x5000'0000);
constexpr platform::Address kNativeCode(0x4000'0000);
// Markers: twice the number of the frame's type.
constexpr uint64_t kEntryMarker = 2;
constexpr uint64_t kConstructMarker = 46;

struct Stack : CodeHeap {
  std::unique_ptr<vm::JsFrames> frames = std::make_unique<vm::JsFrames>(&layout, &reader, &arena);
  std::unique_ptr<vm::CodeRanges> ranges = std::make_unique<vm::CodeRanges>();
  RawFrame storage[16];
  vm::FrameList list{storage, 16};
  platform::Registers registers;
  platform::Address next_fp = kStack + 0x100;

  Stack() {
    memory.Map(kStack, kStackBytes);
    CHECK(ranges->Add(kBuiltins, kBuiltins + 0x10000, vm::CodeOwner::kBuiltins));
    CHECK(ranges->Add(kStart, kStart + vm::kPageBytes, vm::CodeOwner::kJit));
    frames->StartCapture(ranges.get());
    registers.Set(platform::kProgramCounter, kBuiltins + 0x500);
    registers.Set(platform::kStackPointer, kStack + 0x80);
    registers.Set(platform::kFramePointer, next_fp);
  }

  // The next frame outwards, whose caller goes on at `return_address`.
  platform::Address Push(uint64_t marker_or_context, platform::Address return_address) {
    const platform::Address fp = next_fp;
    next_fp += 0x100;
    memory.Put(fp, next_fp);
    memory.Put(fp + 8, return_address);
    memory.Put(fp - 8, marker_or_context);
    reader.Forget();
    return fp;
  }
  platform::Address PushJs(Tagged function, Tagged receiver,
                           platform::Address return_address = kBuiltins + 0x500) {
    const platform::Address fp = Push(Array({}).bits(), return_address);
    memory.Put(fp - 16, function.bits());
    memory.Put(fp + 16, receiver.bits());
    return fp;
  }
  // In the interpreter, at this offset in its bytecode.
  void PushInterpreted(Tagged function, int32_t offset, Tagged receiver = Tagged()) {
    const platform::Address fp = PushJs(function, receiver);
    Tagged shared;
    Tagged bytecode;
    CHECK(objects.Load(function, layout.function_shared, &shared));
    CHECK(objects.Load(shared, layout.shared_data, &bytecode));
    memory.Put(fp - 32, bytecode.bits());
    memory.Put(fp - 40, Smi(offset + layout.bytecode_data - 1).bits());
    reader.Forget();
  }
  Tagged UserFunction(std::string_view name) {
    const Tagged script = Script("app.js", "first();\nsecond();\nthird();\n");
    const Tagged bytecode = Bytecode({{0, 0}, {5, 9, false}, {10, 19}}, std::vector<uint8_t>(20, 0x0c));
    return JsFunction(Shared({.name = name, .script = script, .bytecode = bytecode, .start = 1}));
  }
  NextFrame Step() { return frames->Step(&registers, false, &list); }
};

TEST("JsFrames reads interpreted functions up to the native caller") {
  Stack stack;
  stack.PushInterpreted(stack.UserFunction("inner"), 12);
  stack.PushInterpreted(stack.UserFunction("outer"), 5);
  stack.Push(kEntryMarker, kNativeCode + 8);
  CHECK(stack.Step() == NextFrame::kV8);
  CHECK(stack.Step() == NextFrame::kV8);
  CHECK(stack.Step() == NextFrame::kNative);
  CHECK_EQ(stack.list.count, 3);
  CHECK_EQ(stack.storage[0].name, "inner");
  CHECK_EQ(stack.storage[0].file, "app.js");
  CHECK_EQ(stack.storage[0].line, 3);
  CHECK_EQ(stack.storage[0].column, 1);
  CHECK(stack.storage[0].tier == RawFrameTier::kInterpreter);
  CHECK(stack.storage[0].quality == RawFrameQuality::kExact);
  CHECK(stack.storage[0].is_user_code);
  CHECK_EQ(stack.storage[1].name, "outer");
  CHECK_EQ(stack.storage[1].line, 2);
  CHECK(stack.storage[2].kind == RawFrameKind::kGlue);
  CHECK_EQ(stack.registers.pc(), kNativeCode + 8);
}

TEST("JsFrames shows where a function starts when its offset makes no sense") {
  for (const int32_t offset : {-1, 20, 100'000}) {
    Stack stack;
    stack.PushInterpreted(stack.UserFunction("inner"), offset);
    CHECK(stack.Step() == NextFrame::kV8);
    CHECK(stack.storage[0].quality == RawFrameQuality::kFunction);
    CHECK_EQ(stack.storage[0].line, 1);
    CHECK_EQ(stack.storage[0].column, 2);
  }
}

TEST("JsFrames reads the source text of a frame and the class of its receiver") {
  Stack stack;
  const Tagged constructor =
      stack.JsFunction(stack.Shared({.name = "Store", .script = stack.Script("app.js", "")}));
  const Tagged prototype = stack.ObjectWith({{stack.OneByte("constructor"), constructor}});
  stack.PushInterpreted(stack.UserFunction("get"), 5, stack.Instance(constructor, prototype));
  CHECK(stack.Step() == NextFrame::kV8);
  stack.frames->ReadCode(&stack.storage[0]);
  CHECK_EQ(stack.storage[0].class_name, "Store");
  CHECK(stack.storage[0].code != nullptr);
  CHECK_EQ(stack.storage[0].code->source, "second();");
  CHECK_EQ(stack.storage[0].code->source_column, 1);
}

TEST("JsFrames marks a function that was called with new") {
  Stack stack;
  stack.PushInterpreted(stack.UserFunction("Store"), 5);
  stack.Push(kConstructMarker, kBuiltins + 0x600);
  stack.PushInterpreted(stack.UserFunction("make"), 5);
  for (int i = 0; i < 3; ++i) CHECK(stack.Step() == NextFrame::kV8);
  CHECK(stack.storage[0].is_constructor);
  CHECK(stack.storage[1].kind == RawFrameKind::kGlue);
  CHECK(!stack.storage[2].is_constructor);
}

TEST("JsFrames names builtins that have a frame") {
  Stack stack;
  const Tagged shared = stack.SharedOfBuiltin(77);
  stack.Set(shared, stack.layout.shared_name, stack.OneByte("map"));
  stack.PushJs(stack.JsFunction(shared), Tagged());
  CHECK(stack.Step() == NextFrame::kV8);
  CHECK(stack.storage[0].kind == RawFrameKind::kBuiltin);
  CHECK_EQ(stack.storage[0].name, "map");
  CHECK(!stack.storage[0].is_user_code);
}

TEST("JsFrames shows the functions that were inlined into compiled code") {
  Stack stack;
  const Tagged inner = stack.UserFunction("inner");
  const Tagged outer = stack.UserFunction("outer");
  const auto shared_of = [&](Tagged function) {
    Tagged shared;
    CHECK(stack.objects.Load(function, stack.layout.function_shared, &shared));
    return shared;
  };
  const auto code = stack.Compiled(stack.layout.kind_turbofan, 96, Safepoints({{0x10, 0, 1, 0, 0, 0}}));
  // BEGIN(0, 2 frames, 2 of JavaScript), the two frames, and a value that is neither constant nor on the
  // stack.
  const std::vector<uint8_t> translation = {3, 0, 4, 4, 24, 5 << 1, 0, 0, 28, 24, 10 << 1, 1 << 1, 0, 28};
  std::vector<Tagged> data(14, Heap::Smi(0));
  data[0] = stack.ByteArray(translation);
  data[2] = stack.Array({shared_of(outer), shared_of(inner)});
  stack.Set(code.code, stack.layout.code_deopt_data, stack.Array(data));
  stack.PushJs(outer, Tagged());
  stack.registers.Set(platform::kProgramCounter, code.start + 0x10);
  CHECK(stack.Step() == NextFrame::kV8);
  CHECK_EQ(stack.list.count, 2);
  CHECK_EQ(stack.storage[0].name, "inner");
  CHECK(stack.storage[0].inlined);
  CHECK_EQ(stack.storage[0].line, 3);
  CHECK(stack.storage[0].tier == RawFrameTier::kTurbofan);
  CHECK_EQ(stack.storage[1].name, "outer");
  CHECK(!stack.storage[1].inlined);
  CHECK_EQ(stack.storage[1].line, 2);
}

TEST("JsFrames ends where the chain of frames leads nowhere") {
  Stack stack;
  const platform::Address fp = stack.PushJs(stack.UserFunction("inner"), Tagged());
  stack.memory.Put(fp, fp - 0x40);
  stack.reader.Forget();
  CHECK(stack.Step() == NextFrame::kBroken);
  CHECK_EQ(stack.list.count, 1);
  stack.registers.Set(platform::kFramePointer, kStack + 2 * kStackBytes);
  CHECK(stack.Step() == NextFrame::kBroken);
}

TEST("JsFrames ends when there is no room for another frame") {
  Stack stack;
  stack.list.capacity = 1;
  stack.PushInterpreted(stack.UserFunction("a"), 5);
  stack.PushInterpreted(stack.UserFunction("b"), 5);
  CHECK(stack.Step() == NextFrame::kV8);
  CHECK(stack.Step() == NextFrame::kBroken);
  CHECK_EQ(stack.list.count, 1);
}

TEST("JsFrames recovers the frame pointer of a frame near the stack pointer") {
  Stack stack;
  const platform::Address fp = stack.Push(kEntryMarker, kBuiltins + 0x10);
  platform::Registers registers;
  registers.Set(platform::kStackPointer, fp - 0x40);
  CHECK(stack.frames->RecoverFramePointer(&registers));
  CHECK_EQ(registers.Get(platform::kFramePointer), fp);
  registers = platform::Registers();
  registers.Set(platform::kStackPointer, kStack + 0x8000);
  CHECK(!stack.frames->RecoverFramePointer(&registers));
}

TEST("JsFrames tells a frame of V8's from other words") {
  Stack stack;
  const platform::Address fp = stack.PushJs(stack.UserFunction("a"), Tagged());
  platform::Registers registers;
  registers.Set(platform::kFramePointer, fp);
  CHECK(stack.frames->IsFrame(registers));
  stack.memory.Put(fp - 16, uint64_t{5});
  stack.reader.Forget();
  CHECK(!stack.frames->IsFrame(registers));
}

}  // namespace

}  // namespace gmr::test

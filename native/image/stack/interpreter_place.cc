#include "interpreter_place.h"

#include "../objects/source_positions.h"

namespace gmr::vm {

namespace {

using platform::Register;

// kInterpreterBytecodeArrayRegister, kInterpreterBytecodeOffsetRegister and
// kInterpreterDispatchTableRegister, the same in V8 11.3 to 14.6: src/codegen/x64/register-x64.h,
// src/codegen/arm64/register-arm64.h. A handler of a bytecode gets all three as arguments and hands them on
// to the next (InterpreterDispatchDescriptor). Before it calls, it stores the offset in the frame,
// InterpreterAssembler::SaveBytecodeOffset(). Many make a frame of their own for a call that they hardly ever
// make.
#if defined(__x86_64__)
constexpr bool kHasRegisters = true;
constexpr Register kBytecodeArray = platform::kR12;
constexpr Register kBytecodeOffset = platform::kR9;
constexpr Register kDispatchTable = platform::kR15;
#elif defined(__aarch64__)
constexpr bool kHasRegisters = true;
constexpr auto kBytecodeArray = static_cast<Register>(platform::kX19 + 1);
constexpr Register kBytecodeOffset = platform::kX19;
constexpr auto kDispatchTable = static_cast<Register>(platform::kX19 + 2);
#else
constexpr bool kHasRegisters = false;
constexpr Register kBytecodeArray = platform::kStackPointer;
constexpr Register kBytecodeOffset = platform::kStackPointer;
constexpr Register kDispatchTable = platform::kStackPointer;
#endif

// Interpreter::dispatch_table_: an address for each opcode, alone and behind each of the two prefixes.
constexpr size_t kOpcodes = 256;
constexpr size_t kDispatchEntries = 3 * kOpcodes;
// No handler is longer.
constexpr uint64_t kMaxHandlerBytes = uint64_t{8} << 10;

// The beginning of the handler that the thread is in; 0: it is in none.
platform::Address FindHandler(const HeapReader& heap, const InterpreterRegisters& live) {
  platform::Address entries[kDispatchEntries];
  platform::Address nearest;
  if (!heap.memory().Read(live.dispatch_table, entries, sizeof entries)) return {};
  for (const platform::Address entry : entries) {
    if (entry <= live.pc && entry > nearest) nearest = entry;
  }
  return live.pc - nearest <= kMaxHandlerBytes ? nearest : platform::Address();
}

bool IsHandlerOf(const HeapReader& heap, const InterpreterRegisters& live, const BytecodeAt& bytecode,
                 platform::Address handler) {
  platform::Address entry;
  const auto index = static_cast<uint64_t>(bytecode.scale) * kOpcodes + bytecode.opcode;
  return heap.memory().Load(live.dispatch_table + index * sizeof entry, &entry) && entry == handler;
}

// Counted from the first bytecode.
int64_t FromStart(const HeapReader& heap, int64_t offset) { return offset - heap.layout().bytecode_data + 1; }

// Whether the register has the offset of the bytecode that runs, or already of the next one.
bool IsLive(const HeapReader& heap, Tagged bytecode, const InterpreterRegisters& live) {
  BytecodeAt at;
  BytecodeAt before;
  if (live.bytecode != bytecode || !FindBytecode(heap, bytecode, FromStart(heap, live.offset), &at, &before))
    return false;
  const platform::Address handler = FindHandler(heap, live);
  if (handler.IsNull()) return false;
  // A call may have put anything into the register; what it is then is no bytecode of this handler.
  return !live.is_behind_frame || IsHandlerOf(heap, live, at, handler) ||
         IsHandlerOf(heap, live, before, handler);
}

}  // namespace

InterpreterRegisters InterpreterRegisters::Of(const platform::Registers& registers) {
  if (!kHasRegisters || !registers.Has(kBytecodeArray) || !registers.Has(kBytecodeOffset)) return {};
  return {Tagged(registers.Get(kBytecodeArray)), static_cast<int64_t>(registers.Get(kBytecodeOffset)),
          platform::Address(registers.Get(kDispatchTable)), registers.pc()};
}

bool LoadBytecodeArray(const HeapReader& heap, platform::Address fp, Tagged* bytecode) {
  uint64_t bits = 0;
  if (!heap.memory().Load(Tagged::At(fp).Slot(heap.layout().fp_bytecode_array), &bits)) return false;
  *bytecode = Tagged(bits);
  return heap.Is(bytecode, heap.layout().type_bytecode_array);
}

InterpreterPlace FindInterpreterPlace(const HeapReader& heap, platform::Address fp,
                                      const InterpreterRegisters& live) {
  const Layout& layout = heap.layout();
  InterpreterPlace place;
  Tagged bytecode;
  uint64_t bits = 0;
  int32_t length = 0;
  if (!LoadBytecodeArray(heap, fp, &bytecode) || !heap.LoadSmi(bytecode, layout.bytecode_length, &length) ||
      !heap.memory().Load(Tagged::At(fp).Slot(layout.fp_bytecode_offset), &bits) || !Tagged(bits).IsSmi()) {
    return place;
  }
  place.is_interpreted = true;
  place.is_live = IsLive(heap, bytecode, live);
  const int64_t offset = FromStart(heap, place.is_live ? live.offset : Tagged(bits).ToSmi());
  if (offset >= 0 && offset < length) {
    FindBytecodePosition(heap, bytecode, static_cast<int32_t>(offset), &place.script_offset);
  }
  return place;
}

}  // namespace gmr::vm

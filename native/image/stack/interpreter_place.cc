#include "interpreter_place.h"

#include "../objects/source_positions.h"

namespace gmr::vm {

namespace {

using platform::Register;

// kInterpreterBytecodeArrayRegister and kInterpreterBytecodeOffsetRegister, the same in V8 11.3 to 14.6:
// src/codegen/x64/register-x64.h, src/codegen/arm64/register-arm64.h. A handler of a bytecode gets both as
// arguments and hands them on to the next (InterpreterDispatchDescriptor). Before it calls, it stores the
// offset in the frame, InterpreterAssembler::SaveBytecodeOffset().
#if defined(__x86_64__)
constexpr bool kHasRegisters = true;
constexpr Register kBytecodeArray = platform::kR12;
constexpr Register kBytecodeOffset = platform::kR9;
#elif defined(__aarch64__)
constexpr bool kHasRegisters = true;
constexpr auto kBytecodeArray = static_cast<Register>(platform::kX19 + 1);
constexpr Register kBytecodeOffset = platform::kX19;
#else
constexpr bool kHasRegisters = false;
constexpr Register kBytecodeArray = platform::kStackPointer;
constexpr Register kBytecodeOffset = platform::kStackPointer;
#endif

// The offset counted from the first bytecode; -1: none.
int64_t FromStart(const HeapReader& heap, int64_t offset) {
  const int64_t from_start = offset - heap.layout().bytecode_data + 1;
  return from_start >= 0 ? from_start : -1;
}

}  // namespace

InterpreterRegisters InterpreterRegisters::Of(const platform::Registers& registers) {
  if (!kHasRegisters || !registers.Has(kBytecodeArray) || !registers.Has(kBytecodeOffset)) return {};
  return {Tagged(registers.Get(kBytecodeArray)), static_cast<int64_t>(registers.Get(kBytecodeOffset))};
}

bool LoadBytecodeArray(const HeapReader& heap, uintptr_t fp, Tagged* bytecode) {
  uint64_t bits = 0;
  if (!heap.memory().Load(Tagged::At(fp).Slot(heap.layout().fp_bytecode_array), &bits)) return false;
  *bytecode = Tagged(bits);
  return heap.Is(bytecode, heap.layout().type_bytecode_array);
}

InterpreterPlace FindInterpreterPlace(const HeapReader& heap, uintptr_t fp,
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
  int64_t offset = FromStart(heap, Tagged(bits).ToSmi());
  const int64_t live_offset = live.bytecode == bytecode ? FromStart(heap, live.offset) : -1;
  if (live_offset >= 0 && live_offset < length &&
      IsBytecode(heap, bytecode, static_cast<int32_t>(live_offset))) {
    offset = live_offset;
    place.is_live = true;
  }
  if (offset >= 0 && offset < length) {
    FindBytecodePosition(heap, bytecode, static_cast<int32_t>(offset), &place.script_offset);
  }
  return place;
}

}  // namespace gmr::vm

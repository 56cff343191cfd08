#include "top_frame.h"

#if defined(__aarch64__)

#include <cstddef>

namespace gmr::vm {

namespace {

using platform::MemoryReader;

// More than what V8's code does before it makes its frame, or when the frame is gone.
constexpr size_t kWindow = 32;

constexpr uint32_t kNop = 0xd503201f;
constexpr uint32_t kReturn = 0xd65f03c0;              // ret
constexpr uint32_t kSetFramePointer = 0x910003fd;     // mov x29, sp
constexpr uint32_t kStoreWords = 0xa90103e0;          // stp x, x, [sp, #16]
constexpr uint32_t kAnyPair = ~uint32_t{0x7c1f};      // without the two registers
constexpr uint32_t kAnyOffset = ~uint32_t{0x3ffc00};  // without the immediate of add

// What an instruction does to the frame pointer and to the link register, which has the return address.
enum class Effect : uint8_t { kNone, kUsesLink, kOther };

bool IsLink(uint32_t which) { return (which & 31) == platform::kX29 || (which & 31) == platform::kX30; }

bool IsConditionalBranch(uint32_t code) {
  return (code & 0xff000000) == 0x54000000 || (code & 0x7c000000) == 0x34000000;  // b.cond; cbz to tbnz
}

bool IsForwardBranch(uint32_t code) { return (code & 0xfe000000) == 0x14000000; }

// All other branches, calls, traps and what the system does.
bool EndsStraightLine(uint32_t code) {
  const bool is_branch_or_system = (code & 0x1c000000) == 0x14000000;
  return is_branch_or_system && code != kNop && !IsConditionalBranch(code) && !IsForwardBranch(code);
}

bool ChangesLink(uint32_t code) {
  const bool is_computed = (code & 0x1c000000) == 0x10000000 || (code & 0x0e000000) == 0x0a000000;
  const bool is_load = (code & 0x3e000000) == 0x38000000 && (code & 0xc00000) != 0;
  const bool is_pair_load = (code & 0x3e400000) == 0x28400000;
  return ((is_computed || is_load || is_pair_load) && IsLink(code)) || (is_pair_load && IsLink(code >> 10));
}

Effect EffectOf(uint32_t code) {
  // mov x29, sp or add x29, sp, #n: until now, the frame pointer was the caller's.
  if (code == kReturn || (code & kAnyOffset) == kSetFramePointer) return Effect::kUsesLink;
  return EndsStraightLine(code) || ChangesLink(code) ? Effect::kOther : Effect::kNone;
}

// Both are as the caller left them, if the code that comes next relies on it: it returns, or makes a frame of
// them. Branches that might be taken do not matter, because the same registers hold on both ways.
bool ReliesOnLink(MemoryReader* memory, platform::Address pc) {
  for (size_t i = 0; i < kWindow; ++i) {
    uint32_t code = 0;
    if (!memory->Load(pc, &code)) return false;
    const Effect effect = EffectOf(code);
    if (effect != Effect::kNone) return effect == Effect::kUsesLink;
    pc += IsForwardBranch(code) ? uint64_t{code & 0x1ffffff} * sizeof code : sizeof code;
  }
  return false;
}

}  // namespace

bool LeaveFrameless(MemoryReader* memory, platform::Address, platform::Registers* registers) {
  if (!registers->Has(platform::kX30) || !ReliesOnLink(memory, registers->pc())) return false;
  registers->Set(platform::kProgramCounter, registers->Get(platform::kX30));
  return true;
}

// MacroAssembler::Prologue(): mov x29, sp; stp x, x, [sp, #-32]!; stp function, context, [sp, #16].
bool IsBeforeWords(MemoryReader* memory, platform::Address pc) {
  uint32_t code[3] = {};
  return memory->Load(pc - 2 * sizeof code[0], &code) && code[0] == kSetFramePointer &&
         (code[2] & kAnyPair) == kStoreWords;
}

}  // namespace gmr::vm

#endif

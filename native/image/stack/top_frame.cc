#include "top_frame.h"

#include <cstddef>

namespace gmr::vm {

#if defined(__x86_64__)

namespace {

using platform::Register;

// Longer than what compiled code does before it makes its frame, and than what
// it does when the frame is gone.
constexpr size_t kWindow = 48;

// Bytes of code; behind the last one that is readable there are zeros.
struct Code {
  uint8_t at[kWindow + 4] = {};

  Code(platform::MemoryReader* memory, platform::Address address) {
    for (size_t size = kWindow; size > 0; size /= 2) {
      if (memory->Read(address, at, size)) return;
    }
  }
};

// mov rbp, rsp in its two encodings
bool IsMove(const uint8_t* code) {
  return code[0] == 0x48 && ((code[1] == 0x89 && code[2] == 0xe5) || (code[1] == 0x8b && code[2] == 0xec));
}

bool IsPushAndMove(const uint8_t* code) { return code[0] == 0x55 && IsMove(code + 1); }

// push or pop of a general register: `base` is 0x50 or 0x58.
size_t LengthOf(uint8_t base, const uint8_t* code, Register* which) {
  // In the order of the instruction set; see registers.h for the other one.
  constexpr Register kOrder[] = {platform::kRax, platform::kRcx, platform::kRdx, platform::kRbx,
                                 platform::kRsp, platform::kRbp, platform::kRsi, platform::kRdi,
                                 platform::kR8,  platform::kR9,  platform::kR10, platform::kR11,
                                 platform::kR12, platform::kR13, platform::kR14, platform::kR15};
  const size_t prefix = code[0] == 0x41 ? 1 : 0;
  if ((code[prefix] & 0xf8) != base) return 0;
  *which = kOrder[(code[prefix] & 7) + 8 * prefix];
  return prefix + 1;
}

bool IsReturn(const uint8_t* code) { return code[0] == 0xc3 || code[0] == 0xc2; }

// lea rsp, [rsp + register * 8 + n]: drops arguments.
size_t LengthOfDrop(const uint8_t* code) {
  const bool is_drop =
      (code[0] & 0xfd) == 0x48 && code[1] == 0x8d && (code[2] & 0x3f) == 0x24 && (code[3] & 7) == 4;
  if (!is_drop) return 0;
  const int mode = code[2] >> 6;
  return mode == 0 ? 4 : mode == 1 ? 5 : 8;
}

// cmp register, n; jcc: are there more arguments than were declared?
size_t LengthOfTest(const uint8_t* code) {
  if ((code[0] & 0xfe) != 0x48 || (code[2] & 0xf8) != 0xf8) return 0;
  const size_t compare = code[1] == 0x83 ? 4 : code[1] == 0x81 ? 7 : 0;
  if (compare == 0) return 0;
  if ((code[compare] & 0xf0) == 0x70) return compare + 2;
  return code[compare] == 0x0f && (code[compare + 1] & 0xf0) == 0x80 ? compare + 6 : 0;
}

// The end of a function, from where its frame is gone:
//   [cmp; jcc;] ret    or    pop x; lea rsp, ...; push x; ret
// True with the address at the stack pointer, or in `holder` between pop and push.
bool IsInEpilogue(const uint8_t* code, bool* is_held, Register* holder) {
  Register pushed = platform::kRsp;
  size_t at = LengthOfTest(code);
  *is_held = false;
  if (IsReturn(code + at)) return true;
  const size_t pop = LengthOf(0x58, code + at, holder);
  *is_held = pop == 0;
  if (pop == 0 && at > 0) return false;
  at += pop;
  const size_t drop = LengthOfDrop(code + at);
  if (pop > 0 && drop == 0) return false;
  at += drop;
  const size_t push = LengthOf(0x50, code + at, &pushed);
  if (push == 0 || (pop > 0 && pushed != *holder)) return false;
  *holder = pushed;
  return IsReturn(code + at + push);
}

bool MoveToCaller(platform::Address return_address, platform::Address sp, platform::Registers* registers) {
  registers->Set(platform::kProgramCounter, return_address);
  registers->Set(platform::kStackPointer, sp);
  return true;
}

bool MoveToCallerAt(platform::MemoryReader* memory, platform::Address return_slot,
                    platform::Registers* registers) {
  platform::Address return_address;
  return memory->Load(return_slot, &return_address) &&
         MoveToCaller(return_address, return_slot + 8, registers);
}

// mov ebx, n; mov r12, n; call: baseline code has its frame made by a builtin.
bool IsBaselineStart(const uint8_t* code) {
  return code[0] == 0xbb && code[5] == 0x49 && code[6] == 0xbc && code[15] == 0xe8;
}

// Compiled code may look at something first, for instance whether it is still valid.
bool IsBeforePush(platform::MemoryReader* memory, platform::Address function_start, platform::Address pc) {
  if (function_start.IsNull() || pc < function_start || pc - function_start >= kWindow - 4) return false;
  const Code code(memory, function_start);
  if (IsBaselineStart(code.at)) return pc - function_start <= 15;
  for (size_t i = 0; i < kWindow - 4; ++i) {
    if (IsPushAndMove(code.at + i)) return pc - function_start <= i;
  }
  return false;
}

}  // namespace

bool LeaveFrameless(platform::MemoryReader* memory, platform::Address function_start,
                    platform::Registers* registers) {
  const platform::Address pc = registers->pc();
  const platform::Address sp = registers->sp();
  const Code code(memory, pc);
  uint8_t before = 0;
  if (IsPushAndMove(code.at) || IsBeforePush(memory, function_start, pc)) {
    return MoveToCallerAt(memory, sp, registers);
  }
  if (IsMove(code.at) && memory->Load(pc - 1, &before) && before == 0x55) {
    return MoveToCallerAt(memory, sp + 8, registers);
  }
  bool is_held = false;
  Register holder = platform::kRsp;
  if (!IsInEpilogue(code.at, &is_held, &holder)) return false;
  return is_held ? MoveToCaller(platform::Address(registers->Get(holder)), sp, registers)
                 : MoveToCallerAt(memory, sp, registers);
}

bool IsBeforeWords(platform::MemoryReader*, platform::Address) { return false; }

#elif !defined(__aarch64__)

bool LeaveFrameless(platform::MemoryReader*, platform::Address, platform::Registers*) { return false; }
bool IsBeforeWords(platform::MemoryReader*, platform::Address) { return false; }

#endif

}  // namespace gmr::vm

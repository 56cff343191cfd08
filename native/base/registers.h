// Registers: the part of a thread's register file that is known at one frame.
//
// Owns:        nothing.
// Threads:     a plain value.
// Signal-safe: yes.
// Lifetime:    a plain value.
//
// Numbered as DWARF does, so that unwind tables index it directly. A passive
// capture starts with the stack pointer and the program counter only, and each
// caller frame knows what its callee saved: so every register may be unknown.
#ifndef GMR_NATIVE_BASE_REGISTERS_H_
#define GMR_NATIVE_BASE_REGISTERS_H_

#include <cstdint>

#include "address.h"

namespace gmr::platform {

// Unscoped: unwind tables hold these as plain numbers.
#if defined(__aarch64__)
// DWARF for the Arm 64-bit architecture: x0..x30 are 0..30, sp is 31, pc is 32.
enum Register : uint8_t { kX19 = 19, kX28 = 28, kX29 = 29, kX30 = 30, kSp = 31, kPc = 32 };
inline constexpr int kRegisterCount = 33;
inline constexpr Register kFramePointer = kX29;
inline constexpr Register kStackPointer = kSp;
inline constexpr Register kProgramCounter = kPc;
// x19 to x30. The link register counts as kept until a row says otherwise.
inline constexpr uint64_t kCalleeSaved = uint64_t{0xfff} << kX19;
#else
// System V ABI, AMD64 supplement, figure 3.36.
enum Register : uint8_t {
  kRax,
  kRdx,
  kRcx,
  kRbx,
  kRsi,
  kRdi,
  kRbp,
  kRsp,
  kR8,
  kR9,
  kR10,
  kR11,
  kR12,
  kR13,
  kR14,
  kR15,
  kRip
};
inline constexpr int kRegisterCount = 17;
inline constexpr Register kFramePointer = kRbp;
inline constexpr Register kStackPointer = kRsp;
inline constexpr Register kProgramCounter = kRip;
inline constexpr uint64_t kCalleeSaved =
    1u << kRbx | 1u << kRbp | 1u << kR12 | 1u << kR13 | 1u << kR14 | 1u << kR15;
#endif

struct Registers {
  uint64_t value[kRegisterCount] = {};
  uint64_t known = 0;  // one bit per register

  bool Has(Register which) const { return (known >> which & 1) != 0; }
  // 0 when it is not known; ask Has() where 0 is a possible value.
  uint64_t Get(Register which) const { return Has(which) ? value[which] : 0; }
  void Set(Register which, uint64_t to) {
    value[which] = to;
    known |= uint64_t{1} << which;
  }
  void Set(Register which, Address to) { Set(which, to.number()); }
  void Forget(Register which) { known &= ~(uint64_t{1} << which); }

  static bool IsCalleeSaved(int which) { return (kCalleeSaved >> which & 1) != 0; }

  // Registers hold words; these three are places, unless a callee uses the last one for something else.
  Address pc() const { return Address(Get(kProgramCounter)); }
  Address sp() const { return Address(Get(kStackPointer)); }
  Address fp() const { return Address(Get(kFramePointer)); }
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_REGISTERS_H_

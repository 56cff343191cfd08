// What unwind tables start from: the registers that callees keep.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    the frame of the function that calls it.
//
// By hand, because musl has no getcontext(3). Not there for other processors than
// x64 and arm64.
#ifndef GMR_NATIVE_PROCESS_THREADS_OWN_REGISTERS_H_
#define GMR_NATIVE_PROCESS_THREADS_OWN_REGISTERS_H_

#include <cstdint>

#include "../../base/registers.h"

namespace gmr::platform {

#if defined(__x86_64__)

__attribute__((always_inline)) inline void ReadOwnRegisters(Registers* registers) {
  constexpr Register kOrder[] = {kRbx, kRbp, kRsp, kR12, kR13, kR14, kR15, kRip};
  uint64_t values[8] = {};
  asm volatile(
      "movq %%rbx, 0(%0)\n\t"
      "movq %%rbp, 8(%0)\n\t"
      "movq %%rsp, 16(%0)\n\t"
      "movq %%r12, 24(%0)\n\t"
      "movq %%r13, 32(%0)\n\t"
      "movq %%r14, 40(%0)\n\t"
      "movq %%r15, 48(%0)\n\t"
      "leaq 0(%%rip), %%rax\n\t"
      "movq %%rax, 56(%0)"
      :
      : "r"(values)
      : "rax", "memory");
  for (int i = 0; i < 8; ++i) registers->Set(kOrder[i], values[i]);
}

#elif defined(__aarch64__)

__attribute__((always_inline)) inline void ReadOwnRegisters(Registers* registers) {
  constexpr int kSavedCount = kX30 - kX19 + 1;
  uint64_t values[kSavedCount + 2] = {};
  asm volatile(
      "stp x19, x20, [%0]\n\t"
      "stp x21, x22, [%0, #16]\n\t"
      "stp x23, x24, [%0, #32]\n\t"
      "stp x25, x26, [%0, #48]\n\t"
      "stp x27, x28, [%0, #64]\n\t"
      "stp x29, x30, [%0, #80]\n\t"
      "mov x9, sp\n\t"
      "adr x10, .\n\t"
      "stp x9, x10, [%0, #96]"
      :
      : "r"(values)
      : "x9", "x10", "memory");
  for (int i = 0; i < kSavedCount; ++i) registers->Set(static_cast<Register>(kX19 + i), values[i]);
  registers->Set(kStackPointer, values[kSavedCount]);
  registers->Set(kProgramCounter, values[kSavedCount + 1]);
}

#endif

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_OWN_REGISTERS_H_

#include "stack_copy.h"

#include <unistd.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define GMR_CAN_COPY_STACK 1
#include <fcntl.h>
#include <sys/uio.h>

#include "scoped_fd.h"
#endif

namespace gmr::platform {

#if defined(GMR_CAN_COPY_STACK)

namespace {

constexpr size_t kMaxBytes = size_t{256} << 10;

// What unwind tables start from: the registers that callees keep. By hand,
// because musl has no getcontext(3).
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
#else
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

// Both stop where the stack's mapping ends. Which one is to be had depends on seccomp filters and emulators.
ssize_t ReadOwnMemory(uintptr_t from, uint8_t* to) {
  const iovec local{to, kMaxBytes};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
  const iovec remote{reinterpret_cast<void*>(from), kMaxBytes};
  const ssize_t length = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (length > 0) return length;
  const ScopedFd fd(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  return fd.ok() ? pread(fd.get(), to, kMaxBytes, static_cast<off_t>(from)) : -1;
}

}  // namespace

// The registers are those of this function's own frame, so it must have one, and be in no other.
__attribute__((noinline)) StackCopy CopyOwnStack() {
  StackCopy copy;
  ReadOwnRegisters(&copy.registers);
  copy.begin = copy.registers.sp();
  // Not initialised: it is written by the kernel.
  copy.bytes = std::make_unique_for_overwrite<uint8_t[]>(kMaxBytes);
  const ssize_t length = ReadOwnMemory(copy.begin, copy.bytes.get());
  copy.size = length > 0 ? static_cast<size_t>(length) : 0;
  return copy;
}

#else

StackCopy CopyOwnStack() { return {}; }

#endif

}  // namespace gmr::platform

#include "stack_copy.h"

#include <unistd.h>

#if defined(__linux__) && defined(__x86_64__)
#include <sys/uio.h>
#endif

namespace gmr::platform {

#if defined(__linux__) && defined(__x86_64__)

namespace {

constexpr size_t kMaxBytes = size_t{256} << 10;

// What unwind tables start from: the registers that callees keep. By hand,
// because musl has no getcontext(3).
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

}  // namespace

// The registers are those of this function's own frame, so it must have one, and be in no other.
__attribute__((noinline)) StackCopy CopyOwnStack() {
  StackCopy copy;
  ReadOwnRegisters(&copy.registers);
  copy.begin = copy.registers.sp();
  // Not initialised: it is written by the kernel, which stops where the stack's mapping ends.
  copy.bytes = std::make_unique_for_overwrite<uint8_t[]>(kMaxBytes);
  const iovec local{copy.bytes.get(), kMaxBytes};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
  const iovec remote{reinterpret_cast<void*>(copy.begin), kMaxBytes};
  const ssize_t length = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  copy.size = length > 0 ? static_cast<size_t>(length) : 0;
  return copy;
}

#else

StackCopy CopyOwnStack() { return {}; }

#endif

}  // namespace gmr::platform

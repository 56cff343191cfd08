#include "stack_copy.h"

#include <unistd.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define GMR_CAN_COPY_STACK 1
#include <fcntl.h>
#include <sys/uio.h>

#include "../../base/own_calls.h"
#include "../../base/scoped_fd.h"
#include "own_registers.h"
#endif

namespace gmr::platform {

#if defined(GMR_CAN_COPY_STACK)

namespace {

constexpr size_t kMaxBytes = size_t{256} << 10;

// Both stop where the stack's mapping ends. Which one is to be had depends on seccomp filters and emulators.
ssize_t ReadOwnMemory(Address from, uint8_t* to) {
  const iovec local{to, kMaxBytes};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
  const iovec remote{reinterpret_cast<void*>(from.number()), kMaxBytes};
  const bool may_call = MayCall(OwnCall::kProcessVmReadv);
  const ssize_t length = may_call ? process_vm_readv(getpid(), &local, 1, &remote, 1, 0) : -1;
  if (length > 0) return length;
  const ScopedFd fd(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  return fd.ok() ? pread(fd.get(), to, kMaxBytes, static_cast<off_t>(from.number())) : -1;
}

}  // namespace

// The registers are those of this function's own frame, so it must have one, and be in no other.
__attribute__((noinline)) StackCopy CopyOwnStack() {
  StackCopy copy;
  ReadOwnRegisters(&copy.registers);
  copy.begin = copy.registers.sp();
  copy.bytes = MappedBytes(kMaxBytes);
  if (copy.bytes.get() == nullptr) return copy;
  const ssize_t length = ReadOwnMemory(copy.begin, copy.bytes.get());
  copy.size = length > 0 ? static_cast<size_t>(length) : 0;
  copy.bytes.Shrink(copy.size);
  return copy;
}

#else

StackCopy CopyOwnStack() { return {}; }

#endif

}  // namespace gmr::platform

// StackCopy: the machine stack of the calling thread at one moment, to be read at leisure.
//
// Owns:        the copied bytes.
// Threads:     CopyOwnStack() on the thread whose stack it is; then any one.
// Signal-safe: no: it allocates.
// Lifetime:    plain value, movable. Addresses in it are those of the original.
#ifndef GMR_NATIVE_PLATFORM_STACK_COPY_H_
#define GMR_NATIVE_PLATFORM_STACK_COPY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "registers.h"

namespace gmr::platform {

struct StackCopy {
  Registers registers;
  uintptr_t begin = 0;  // where the bytes were
  std::unique_ptr<uint8_t[]> bytes;
  size_t size = 0;  // 0: there is no copy
};

// From the stack pointer to the end of the stack, or to the first 256 KiB: about 20 us at most. Empty where
// the kernel denies both ways to read it, and on processors that its readers do not know.
StackCopy CopyOwnStack();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_STACK_COPY_H_

// StackCopy: the machine stack of the calling thread at one moment, to be read at leisure.
//
// Owns:        the copied bytes.
// Threads:     CopyOwnStack() on the thread whose stack it is; then any one.
// Signal-safe: no. It maps memory and does not use malloc.
// Lifetime:    plain value, movable. Addresses in it are those of the original.
#ifndef GMR_NATIVE_PROCESS_THREADS_STACK_COPY_H_
#define GMR_NATIVE_PROCESS_THREADS_STACK_COPY_H_

#include <cstddef>
#include <cstdint>

#include "../../base/containers/mapped_bytes.h"
#include "../../base/registers.h"

namespace gmr::platform {

struct StackCopy {
  Registers registers;
  Address begin;  // where the bytes were
  MappedBytes bytes;
  size_t size = 0;  // 0: there is no copy
};

// Copies the stack from the stack pointer to its end, or its first 256 KiB, which takes at most about 20 us.
// The copy only keeps the pages that it fills. It is empty if the kernel denies both ways to read the stack,
// if memory is short, and on processors that the readers of the copy do not know.
StackCopy CopyOwnStack();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_STACK_COPY_H_

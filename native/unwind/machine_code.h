// The two questions that unwinding asks about instructions. One implementation
// per architecture; where there is none, the answers are "no".
//
// Owns:        nothing.
// Threads:     one per MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_UNWIND_MACHINE_CODE_H_
#define GMR_NATIVE_UNWIND_MACHINE_CODE_H_

#include <cstddef>
#include <cstdint>

#include "../process/safe_read.h"

namespace gmr::platform {

struct CallSite {
  bool is_call = false;
  Address target;  // 0: an indirect call
};

// The call instruction that would have pushed `return_address`.
CallSite FindCallBefore(MemoryReader* reader, Address return_address);

// Constants that code from `start` to `end` may subtract from the stack pointer,
// in order. Returns how many were stored. Bytes are matched, not instructions
// decoded, so some may be none: test what you make of them.
size_t FindStackAdjustments(MemoryReader* reader, Address start, Address end, uint32_t* sizes,
                            size_t capacity);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_MACHINE_CODE_H_

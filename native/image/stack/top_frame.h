// TopFrame: has the function in which a thread was stopped a frame of its own?
//
// Owns:        nothing.
// Threads:     one per MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions. x64 and arm64 only; elsewhere the answer is "yes".
//
// In its first and in its last instructions it has none: the frame pointer is
// its caller's, and whoever reads that frame as the function's own finds the
// wrong function, or the wrong inlined ones.
#ifndef GMR_NATIVE_IMAGE_STACK_TOP_FRAME_H_
#define GMR_NATIVE_IMAGE_STACK_TOP_FRAME_H_

#include <cstdint>

#include "../../base/registers.h"
#include "../../process/safe_read.h"

namespace gmr::vm {

// Moves `registers` to the caller and says true, when the code of V8's that they
// are in has no frame. `function_start`: where compiled code begins; 0: unknown.
bool LeaveFrameless(platform::MemoryReader* memory, platform::Address function_start,
                    platform::Registers* registers);

// Whether the frame that code at `pc` is making has room for the words that say whose it is, but not the
// words. Only where they are not pushed one by one.
bool IsBeforeWords(platform::MemoryReader* memory, platform::Address pc);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_TOP_FRAME_H_

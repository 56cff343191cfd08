// The current JavaScript stack of the calling thread's isolate.
//
// Owns:        nothing between calls.
// Threads:     the isolate's own thread, where V8 allows allocation: in an
//              interrupt or in a callback.
// Signal-safe: no.
// Lifetime:    functions. No JavaScript runs.
#ifndef GMR_NATIVE_V8_STACK_WALK_H_
#define GMR_NATIVE_V8_STACK_WALK_H_

#include <v8.h>

#include "../image/stack/frame.h"

namespace gmr::vm {

// At most `max_frames` frames: the innermost and the outermost halves of deeper
// stacks. Costs about 2 us for 20 frames, 20 us for 100 and, only for stacks
// deeper than `max_frames`, up to 11 ms for 10,000.
StackCapture WalkStack(v8::Isolate* isolate, int max_frames);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_STACK_WALK_H_

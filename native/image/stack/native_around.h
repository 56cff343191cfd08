// Native frames around a stack that its thread reported itself.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    functions.
//
// V8's own frames are exact and stay. The same stack, read from a copy after the
// thread has gone on, says where native frames lie between them; what it says of
// JavaScript may be stale, so it is only believed where both agree on every frame.
#ifndef GMR_NATIVE_IMAGE_STACK_NATIVE_AROUND_H_
#define GMR_NATIVE_IMAGE_STACK_NATIVE_AROUND_H_

#include <vector>

#include "frame.h"

namespace gmr::vm {

// Puts the native frames and builtins of `read` between the frames of `reported`,
// both innermost first. Those above the innermost JavaScript go to `above`: most
// are the interrupt's own. False, and both as they were: the two do not agree.
bool PutNativeFramesAround(const std::vector<Frame>& read, std::vector<Frame>* reported,
                           std::vector<Frame>* above);

// Once native frames have names: V8 answers not only between two steps of
// JavaScript, but also while it matches a regular expression or makes JSON. What
// it was in then becomes part of the stack.
void KeepInterruptedWork(StackCapture* stack);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_NATIVE_AROUND_H_

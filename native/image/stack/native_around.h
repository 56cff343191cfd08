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
// both innermost first. Those above the innermost JavaScript are left out: they
// are the interrupt's own. False, and `reported` as it was: the two do not agree.
bool PutNativeFramesAround(const std::vector<Frame>& read, std::vector<Frame>* reported);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_NATIVE_AROUND_H_

// The asynchronous callers of the stack that runs now: `async outer (...)`.
//
// Owns:        nothing between calls.
// Threads:     the isolate's own thread, as WalkStack().
// Signal-safe: no.
// Lifetime:    function. No JavaScript runs.
#ifndef GMR_NATIVE_V8_ASYNC_TAIL_H_
#define GMR_NATIVE_V8_ASYNC_TAIL_H_

#include <v8.h>

#include "../image/stack/frame.h"

namespace gmr::vm {

// Adds the frames of async functions that wait for the current one. Only a
// stack that a promise job started can have such callers, so any other costs
// nothing. `sync_frames` is the depth of the whole stack.
//
// V8 has no public iterator for them. v8::Message::PrintCurrentStackTrace prints
// them without running JavaScript, but without a limit and in time that grows
// with the square of the depth (5 s for 10,000 frames), so it is called only
// after a look at how deep the whole is; else `async_skipped` says why not.
void AppendAsyncTail(v8::Isolate* isolate, int sync_frames, StackCapture* capture);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_ASYNC_TAIL_H_

// LayoutTrial: is the layout right? Tried once per process, on a stack of which
// every frame is known, before anything that was read by it is printed.
//
// Owns:        the result.
// Threads:     TryLayout() on the thread of the isolate, while it may run
//              JavaScript; the rest on any thread.
// Signal-safe: no.
// Lifetime:    of the process.
//
// The bare isolate of the formatter is used for it: a trial in the isolate of the
// application would cost every process a millisecond, reports or not.
#ifndef GMR_NATIVE_V8_LAYOUT_TRIAL_H_
#define GMR_NATIVE_V8_LAYOUT_TRIAL_H_

#include <v8.h>

#include <string>

#include "../image/objects/layout.h"
#include "../image/stack/code_ranges.h"

namespace gmr::vm {

// Runs two functions of its own in `context`, the innermost of which decodes
// the stack. Nothing, when it was tried before. About a millisecond.
void TryLayout(v8::Isolate* isolate, v8::Local<v8::Context> context, const LoadedLayout& loaded,
               BuiltinsBlob builtins);

// Why the trial failed; empty: it did not, or was not made yet.
std::string LayoutProblem();

// `loaded`, or one that is not usable once the trial has failed.
const LoadedLayout& UnlessTrialFailed(const LoadedLayout& loaded);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_LAYOUT_TRIAL_H_

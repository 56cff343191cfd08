// ExitWatch: notices the end of the process in time, while V8 is still intact.
//
// Owns:        Node's process exit handler of the main environment, one of its cleanup
//              hooks, and one exit handler of the C library.
// Threads:     WatchExit() on the main thread. `close` runs on the thread that ends the
//              process: main, or a thread of an addon that calls exit().
// Signal-safe: no.
// Lifetime:    process-wide, never undone.
//
// The process can end in these ways, each announced by a hook:
// - process.exit(), an uncaught exception, and an exception inside a handler of one: the
//   process exit handler. Node's exit callbacks (node::AtExit) do not announce the last one,
//   and they announce ends that do not come: process.kill(process.pid, ...) runs them first,
//   in case the signal kills.
// - An event loop with nothing left to do: the cleanup hook.
// - exit() called by an addon: the handler of the C library.
// A signal, abort() and _exit() end all threads at once, so they need no hook.
#ifndef GMR_NATIVE_REPORTER_EXIT_WATCH_H_
#define GMR_NATIVE_REPORTER_EXIT_WATCH_H_

#include <node.h>
#include <v8.h>

#include <cstdint>

namespace gmr::reporter {

// Makes it safe to tear down V8 and returns true, or returns false at `deadline_ns`.
using CloseForExit = bool (*)(int64_t deadline_ns);

// Calls after the first one do nothing.
void WatchExit(v8::Isolate* isolate, node::Environment* environment, CloseForExit close);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_EXIT_WATCH_H_

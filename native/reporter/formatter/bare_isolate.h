// BareIsolate: runs a piece of work in a V8 isolate of its own, while every event
// loop of the process may be blocked.
//
// Owns:        during one call: an isolate, a uv loop that only its platform uses,
//              and a watchdog thread. Nothing between calls.
// Threads:     one of ours, whose stack must be kBareIsolateStackBytes; two at once do no harm.
// Signal-safe: no.
// Lifetime:    function. Needs the platform of a Node environment, and the gate,
//              whose Close() ends it at process exit.
//
// The isolate comes from node::NewIsolate: an isolate made by hand would break
// node.h's rule that all snapshots of a process share one read-only heap. It is
// made on demand because one on standby would cost memory and would have to be
// disposed safely at every exit of every process, reports or not.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_BARE_ISOLATE_H_
#define GMR_NATIVE_REPORTER_FORMATTER_BARE_ISOLATE_H_

#include <node.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "exit_gate.h"

namespace gmr::reporter {

inline constexpr size_t kBareIsolateStackBytes = size_t{2} << 20;

struct BareIsolateJob {
  node::MultiIsolatePlatform* platform = nullptr;
  int64_t deadline_ns = 0;  // then the script is terminated
  // The script is terminated when V8 uses more memory than this after a garbage collection. `work` may change
  // it.
  size_t max_heap_bytes = size_t{256} << 20;
  // In the isolate, without a handle scope or a context. Returns why it failed, or "".
  std::function<std::string(v8::Isolate* isolate)> work;
  // After work that did not fail. The disposal takes 3 to 8 ms more. Process exit
  // waits for it, so once the gate closes this must return within some 50 ms.
  std::function<void(v8::Isolate* isolate)> before_disposal;
};

// Why the work failed or could not be done; empty: it was done.
std::string RunInBareIsolate(BareIsolateJob* job, ExitGate* gate);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_BARE_ISOLATE_H_

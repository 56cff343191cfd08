// FatalReport: reports that the main thread waits for, because it is about to end.
//
// Owns:        nothing but a callback of the isolate, while it is watched.
// Threads:     the main thread.
// Signal-safe: no.
// Lifetime:    functions. Whoever waits gives up after his time; the report may
//              then still come, if the process lives so long.
#ifndef GMR_NATIVE_REPORTER_FATAL_REPORT_H_
#define GMR_NATIVE_REPORTER_FATAL_REPORT_H_

#include <cstdint>
#include <string>

namespace node {
class Environment;
}
namespace v8 {
class Isolate;
}

namespace gmr::reporter {

// Writes a report about `error` and returns when it is written, or after `wait_ms`.
void WriteFatalReport(const std::string& error, int64_t wait_ms);

// Listeners of the main `environment` are about to handle `error`. An empty string means that the last error
// was handled.
void NoteHandledError(node::Environment* environment, const std::string& error, int64_t wait_ms);
// The process ends with Node's code for an exception inside such a listener. Writes a report, unless
// process.exit() was called with that code or no error was noted.
void ReportFailedListener();

// Writes a report when the heap of the calling thread's isolate is about to
// reach its limit; at most one in a minute. It does not raise the limit: V8 ends
// the process as it would have. `wait_ms` of 0 ends it.
void WatchHeapLimit(v8::Isolate* isolate, int64_t wait_ms);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FATAL_REPORT_H_

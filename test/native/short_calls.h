// ShortCalls: system calls that a signal could end early, timed.
//
// Owns:        one thread at a time, while a call runs on it.
// Threads:     any JavaScript thread; one background call per process at a time.
// Signal-safe: no.
// Lifetime:    plain functions.
#ifndef GMR_TEST_NATIVE_SHORT_CALLS_H_
#define GMR_TEST_NATIVE_SHORT_CALLS_H_

#include <node_api.h>

namespace gmr_fixture {

// Adds to `exports`:
//   shortCall(name, ms)       -> { errno, ms }: makes the call on this thread.
//   startShortCall(name, ms)  -> tid of a thread of the addon that makes it.
//   finishedShortCall()       -> { errno, ms }, or null while that runs.
// Names: nanosleep, clock_nanosleep, poll, read, connect, sem_timedwait. Each
// lasts for `ms`, and none is repeated, whatever ends it.
void AddShortCalls(napi_env env, napi_value exports);

}  // namespace gmr_fixture

#endif  // GMR_TEST_NATIVE_SHORT_CALLS_H_

// ProbeChild: tries system calls that may kill the caller, in a child process.
//
// Owns:        a child process and a page shared with it, during one call.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
//
// The child is a forked process, not a thread, because a filter may kill the whole process. It has no exit
// signal, so that the application's SIGCHLD handler and waitpid(-1) do not notice it, and handlers registered
// with pthread_atfork(3) do not run. All signals are blocked in it, because the application's SIGSYS handler
// must not run there.
#ifndef GMR_NATIVE_BASE_PROBE_CHILD_H_
#define GMR_NATIVE_BASE_PROBE_CHILD_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace gmr::platform {

struct ProbedCall {
  long number = 0;
  // Chosen so that the call has no effect.
  std::array<long, 6> arguments{};
};

enum class ProbeEnd : uint8_t {
  kReturned,    // it may have failed
  kDied,        // the child ended in the call
  kNoAnswer,    // it did not return in time
  kNotStarted,  // there is no child
};

inline constexpr size_t kMaxProbes = 24;

struct ProbeResults {
  std::array<ProbeEnd, kMaxProbes> ends{};
  std::array<int, kMaxProbes> errors{};  // 0: it succeeded
};

// Makes the calls one by one. When a child dies, another one continues with the next call. `reaps` is the
// index of wait4 in `calls`; if wait4 does not return, dead children remain until the process ends.
ProbeResults ProbeCalls(const ProbedCall* calls, size_t count, size_t reaps);

// Reaps children that ended after ProbeCalls() had stopped waiting. wait4 must be usable.
void ReapLeftChildren();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_PROBE_CHILD_H_

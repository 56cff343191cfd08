// BlockedLoop: an event loop that the watchdog has found blocked.
//
// Owns:        its strings.
// Threads:     none of its own.
// Signal-safe: no.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_REPORTER_MODEL_BLOCKED_LOOP_H_
#define GMR_NATIVE_REPORTER_MODEL_BLOCKED_LOOP_H_

#include <cstdint>
#include <string>

namespace gmr::reporter {

struct BlockedLoop {
  int thread_id = 0;  // worker_threads.threadId; 0 for the main thread
  std::string name;
  int64_t begin_ns = 0;  // by MonotonicNs()

  bool operator==(const BlockedLoop&) const = default;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_BLOCKED_LOOP_H_

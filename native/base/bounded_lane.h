// BoundedLane: makes calls that may never return, such as write(2) to a stopped
// terminal or to a file on a dead network file system, without waiting for them.
//
// Owns:        at most one thread, which is abandoned for as long as its call hangs.
// Threads:     Start() and Wait() on one thread at a time; the work runs on its own.
// Signal-safe: no.
// Lifetime:    leaked on purpose: an abandoned thread may return while
//              exit() runs, or never.
//
// While a call hangs, the lane accepts no other, so a device that never answers costs one thread in total,
// however many reports there are.
#ifndef GMR_NATIVE_BASE_BOUNDED_LANE_H_
#define GMR_NATIVE_BASE_BOUNDED_LANE_H_

#include <cstdint>
#include <functional>

#include "monitor.h"

namespace gmr::platform {

// Returns true to end a wait early because the process exits. Called every 20 ms.
using StopCondition = std::function<bool()>;

class BoundedLane {
 public:
  enum class Started { kYes, kBusy, kNoThread };

  // `name` is a literal of at most 15 characters.
  explicit BoundedLane(const char* name) : name_(name) {}
  BoundedLane(const BoundedLane&) = delete;
  BoundedLane& operator=(const BoundedLane&) = delete;

  // `work` must own everything that it touches, because it may outlive the caller's scope. It is only called
  // if the result is kYes.
  Started Start(std::function<void()> work);
  // Waits for the work that was started. False when it is still running at `deadline_ns`, or when `stop`
  // returned true.
  bool Wait(int64_t deadline_ns, const StopCondition& stop);

 private:
  struct Run;
  static void* RunWork(void* run);

  const char* const name_;
  Monitor monitor_;
  bool busy_ = false;  // guarded by monitor_
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_BOUNDED_LANE_H_

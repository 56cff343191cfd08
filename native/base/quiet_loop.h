// QuietLoop: since when an event loop has done nothing but answer reports.
//
// Owns:        what the loop had done when our own code ran last.
// Threads:     that of the loop.
// Signal-safe: yes.
// Lifetime:    plain data.
//
// A question wakes a loop that waits, and so does a call of gmr-native's own code; the loop's own clock
// starts anew each time. Each of them is one event, which libuv counts after its callback. The number of
// turns is no measure: Node may add one.
#ifndef GMR_NATIVE_BASE_QUIET_LOOP_H_
#define GMR_NATIVE_BASE_QUIET_LOOP_H_

#include <cstdint>

namespace gmr::platform {

// The counters of an event loop at one moment.
struct LoopPast {
  uint64_t events = 0;   // uv_metrics_t::events
  uint64_t timers = 0;   // changes whenever a timer is started or ends
  int64_t woken_ms = 0;  // uv_now(): when it was woken last
};

class QuietLoop {
 public:
  // A question that was asked at `asked` is answered at `now`, and no JavaScript was running. Returns when
  // the loop began to wait, by its own clock.
  int64_t Answered(const LoopPast& asked, const LoopPast& now) {
    const bool is_same_event = is_known_ && now.timers == timers_ && now.events + 1 == next_event_;
    if (is_same_event) return since_ms_;
    const bool did_nothing = now.events == asked.events && now.timers == asked.timers;
    // Something else had woken it, and has run.
    const bool was_awake = did_nothing && now.woken_ms == asked.woken_ms;
    if (was_awake || !IsQuiet(now)) since_ms_ = did_nothing && !was_awake ? asked.woken_ms : now.woken_ms;
    Expect(now);
    return since_ms_;
  }

  // Our own code is called at `now`.
  void Called(const LoopPast& now) {
    if (IsQuiet(now)) Expect(now);
  }

  // Something else ran.
  void Ran() { is_known_ = false; }

 private:
  bool IsQuiet(const LoopPast& now) const {
    return is_known_ && now.events == next_event_ && now.timers == timers_;
  }
  void Expect(const LoopPast& now) {
    is_known_ = true;
    next_event_ = now.events + 1;
    timers_ = now.timers;
  }

  bool is_known_ = false;
  uint64_t next_event_ = 0;  // the number of events while nothing else happens
  uint64_t timers_ = 0;
  int64_t since_ms_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_QUIET_LOOP_H_

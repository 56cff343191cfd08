// QuietLoop: since when an event loop has done nothing but answer reports.
//
// Owns:        what the loop had done when our own code ran last.
// Threads:     that of the loop.
// Signal-safe: yes.
// Lifetime:    plain data.
//
// A question wakes a loop that waits, and so does a call of gmr-native's own code. By the loop's own clock it
// would have waited since then only. Each of these is one event; libuv counts it behind its callback. How
// often the loop turns says nothing: Node may let it turn once more.
#ifndef GMR_NATIVE_BASE_QUIET_LOOP_H_
#define GMR_NATIVE_BASE_QUIET_LOOP_H_

#include <cstdint>

namespace gmr::platform {

// What a loop has done so far.
struct LoopPast {
  uint64_t events = 0;   // uv_metrics_t::events
  uint64_t timers = 0;   // changes whenever a timer is started or ends
  int64_t woken_ms = 0;  // uv_now(): when it was woken last
};

class QuietLoop {
 public:
  // A question was answered on a loop without JavaScript at `now`, and asked at `asked`. Returns since when
  // the loop had waited, by its own clock.
  int64_t Answered(const LoopPast& asked, const LoopPast& now) {
    const bool is_same_event = is_known_ && now.timers == timers_ && now.events + 1 == next_event_;
    if (is_same_event) return since_ms_;
    const bool did_nothing = now.events == asked.events && now.timers == asked.timers;
    const bool was_awake =
        did_nothing && now.woken_ms == asked.woken_ms;  // for something else, which has run
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

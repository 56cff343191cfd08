// QuietLoop: since when an event loop has done nothing but answer reports.
//
// Owns:        the last of the loop's turns that our own calls caused.
// Threads:     that of the loop.
// Signal-safe: yes.
// Lifetime:    plain data.
//
// A question wakes a loop that waits, and so does a call of gmr-native's own code. By the loop's own clock it
// would have waited since then only.
#ifndef GMR_NATIVE_BASE_QUIET_LOOP_H_
#define GMR_NATIVE_BASE_QUIET_LOOP_H_

#include <cstdint>

namespace gmr::platform {

struct LoopTurn {
  uint64_t number = 0;  // of its turns, uv_metrics_t::loop_count
  int64_t now_ms = 0;   // uv_now(): when the loop was woken last
};

class QuietLoop {
 public:
  // A question was answered on a loop without JavaScript in `at`, and asked in `asked`. Returns since when
  // the loop had waited, by its own clock.
  int64_t Answered(const LoopTurn& asked, const LoopTurn& at) {
    if (at.number + 1 == quiet_turn_) return since_ms_;  // the same turn as the answer before
    const bool is_same_turn = at.number == asked.number;
    const bool was_awake = is_same_turn && at.now_ms == asked.now_ms;  // for something else, which has run
    if (was_awake || at.number != quiet_turn_)
      since_ms_ = is_same_turn && !was_awake ? asked.now_ms : at.now_ms;
    quiet_turn_ = at.number + 1;
    return since_ms_;
  }

  // Our own code was called in turn `number`.
  void Called(uint64_t number) {
    if (number == quiet_turn_) quiet_turn_ = number + 1;
  }

  // Something else ran.
  void Ran() { quiet_turn_ = 0; }

 private:
  uint64_t quiet_turn_ = 0;  // what the number of turns is while nothing else runs; 0: unknown
  int64_t since_ms_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_QUIET_LOOP_H_

// Since when an event loop has waited, although reports woke it.

#include "../../native/base/quiet_loop.h"

#include "harness.h"

namespace gmr::test {

namespace {

using platform::LoopPast;
using platform::QuietLoop;

// The loop's time when it waits, after which it is woken for a question.
LoopPast At(uint64_t events, int64_t woken_ms, uint64_t timers = 3) { return {events, timers, woken_ms}; }

TEST("a loop that only reports woke has waited since before the first") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(6, 4000), At(6, 9000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(7, 9000), At(7, 9500)), int64_t{1000});
}

TEST("two questions that woke it together are one") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(6, 4000), At(6, 8000)), int64_t{1000});
}

TEST("an event of somebody else ends the wait, and so does a timer") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(7, 6000), At(7, 9000)), int64_t{6000});
  CHECK_EQ(loop.Answered(At(8, 9000), At(8, 9500)), int64_t{6000});
  CHECK_EQ(loop.Answered(At(9, 9700, 4), At(9, 9900, 4)), int64_t{9700});
}

TEST("a loop that was awake when it was asked has waited since then only") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  CHECK_EQ(loop.Answered(At(6, 7000), At(6, 7000)), int64_t{7000});
}

TEST("a loop that did something between question and answer has waited since the answer") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(6, 4000)), int64_t{4000});
  QuietLoop with_timer;
  CHECK_EQ(with_timer.Answered(At(5, 1000), At(5, 4000, 4)), int64_t{4000});
}

TEST("calls of gmr-native's own code do not end the wait") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  loop.Called(At(6, 4100));
  CHECK_EQ(loop.Answered(At(7, 4100), At(7, 9000)), int64_t{1000});
  // Event 8 was somebody else's.
  loop.Called(At(9, 9900));
  CHECK_EQ(loop.Answered(At(10, 9900), At(10, 12000)), int64_t{9900});
}

TEST("JavaScript that a question met ends the wait") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered(At(5, 1000), At(5, 4000)), int64_t{1000});
  loop.Ran();
  loop.Called(At(6, 4500));
  CHECK_EQ(loop.Answered(At(7, 5000), At(7, 9000)), int64_t{5000});
}

}  // namespace

}  // namespace gmr::test

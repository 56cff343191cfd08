// Since when an event loop has waited, although reports woke it.

#include "../../native/base/quiet_loop.h"

#include "harness.h"

namespace gmr::test {

namespace {

using platform::QuietLoop;

TEST("a loop that only reports woke has waited since before the first") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  CHECK_EQ(loop.Answered({6, 4000}, {6, 9000}), int64_t{1000});
  CHECK_EQ(loop.Answered({7, 9000}, {7, 9500}), int64_t{1000});
}

TEST("two questions in one turn are one") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  CHECK_EQ(loop.Answered({6, 4000}, {6, 8000}), int64_t{1000});
}

TEST("a turn of something else ends the wait") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  // Turn 6 was somebody else's, at 6000.
  CHECK_EQ(loop.Answered({7, 6000}, {7, 9000}), int64_t{6000});
}

TEST("a loop that was awake when it was asked has waited since then only") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  CHECK_EQ(loop.Answered({6, 7000}, {6, 7000}), int64_t{7000});
}

TEST("a loop that turned between question and answer has waited since the answer") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {6, 4000}), int64_t{4000});
}

TEST("calls of gmr-native's own code do not end the wait") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  loop.Called(6);
  CHECK_EQ(loop.Answered({7, 4100}, {7, 9000}), int64_t{1000});
  // What else ran in turn 8 is not known.
  loop.Called(9);
  CHECK_EQ(loop.Answered({10, 9900}, {10, 12000}), int64_t{9900});
}

TEST("JavaScript that a question met ends the wait") {
  QuietLoop loop;
  CHECK_EQ(loop.Answered({5, 1000}, {5, 4000}), int64_t{1000});
  loop.Ran();
  loop.Called(6);
  CHECK_EQ(loop.Answered({7, 5000}, {7, 9000}), int64_t{5000});
}

}  // namespace

}  // namespace gmr::test

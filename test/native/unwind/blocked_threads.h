// Threads that block in a system call below frames of every kind, and say what
// their stack is.
//
// Owns:        the threads, which never end: they end with the process.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    what Start() returns is leaked on purpose.
#ifndef GMR_TEST_NATIVE_UNWIND_BLOCKED_THREADS_H_
#define GMR_TEST_NATIVE_UNWIND_BLOCKED_THREADS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../../../native/base/address.h"

namespace gmr::test {

struct BlockedThread {
  std::string call;   // "nanosleep", "read", "poll", "futex"...
  std::string frame;  // "plain", "alloca", "large", "aligned"
  int tid = 0;
  // Innermost first, told by the thread itself just before it blocked. The
  // first is the function that makes the call.
  std::vector<platform::Address> truth;
};

// Waits until the thread is about to block. nullptr: unknown call or frame.
const BlockedThread* StartBlockedThread(const std::string& call, const std::string& frame);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_UNWIND_BLOCKED_THREADS_H_

// ThreadActivity: whether a thread works, waits for events, or waits for a CPU.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: opens files.
// Lifetime:    functions. Linux only; elsewhere ENOTSUP.
#ifndef GMR_NATIVE_PROCESS_THREADS_THREAD_ACTIVITY_H_
#define GMR_NATIVE_PROCESS_THREADS_THREAD_ACTIVITY_H_

#include <cstdint>

#include "../../base/result.h"

namespace gmr::platform {

struct ThreadActivity {
  char state = '?';  // as in proc(5)
  // Asleep in epoll, and on which descriptor. -1: it is not, or on an unknown one.
  bool in_epoll = false;
  int epoll_fd = -1;
  // Asleep on a futex, and its address; 0: it is not.
  uint64_t futex = 0;
  // False where the kernel does not show the system call (PR_SET_DUMPABLE 0).
  bool knows_syscall = false;
  int64_t cpu_ns = 0;    // time that it ran
  int64_t delay_ns = 0;  // time that it waited for a CPU; 0 where the kernel does not count it

  bool runnable() const { return state == 'R'; }
  // By a signal or by a debugger.
  bool stopped() const { return state == 'T' || state == 't'; }
};

Result<ThreadActivity> ReadThreadActivity(int tid);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_THREAD_ACTIVITY_H_

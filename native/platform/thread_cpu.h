// ThreadCpuNs: CPU time of one thread of this process, up to this moment.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes: clock_gettime(2) alone.
// Lifetime:    function. Linux only; elsewhere 0.
//
// /proc/<pid>/task/<tid>/schedstat is as old as the last tick of the scheduler,
// up to 10 ms, for a thread that is on a CPU.
#ifndef GMR_NATIVE_PLATFORM_THREAD_CPU_H_
#define GMR_NATIVE_PLATFORM_THREAD_CPU_H_

#include <time.h>

#include <cstdint>

#include "clock.h"

namespace gmr::platform {

// 0: it has ended, or this system does not tell.
inline int64_t ThreadCpuNs(int tid) {
#if defined(__linux__)
  // As pthread_getcpuclockid(3) makes it, from the thread's kernel id: the kernel's
  // MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED), include/linux/posix-timers.h.
  constexpr unsigned kPerThreadOfScheduler = 6;
  const auto clock = static_cast<clockid_t>(~static_cast<unsigned>(tid) << 3 | kPerThreadOfScheduler);
  timespec used{};
  return clock_gettime(clock, &used) == 0 ? used.tv_sec * kNsPerSecond + used.tv_nsec : 0;
#else
  (void)tid;
  return 0;
#endif
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_THREAD_CPU_H_

#include "thread_cpu.h"

#include <fcntl.h>

#include <cstdio>
#include <ctime>

#include "../../base/clock.h"
#include "../../base/own_calls.h"
#include "../text_file.h"

namespace gmr::platform {

namespace {

// proc(5): nanoseconds that it ran, nanoseconds that it waited for a CPU, turns. Missing in some kernels.
struct SchedStat {
  long long ran_ns = 0;
  long long queued_ns = -1;
};

SchedStat ReadSchedStat(int tid) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/schedstat", tid);
  SchedStat stat;
  const auto text = ReadProcFile(AT_FDCWD, path);
  if (!text.ok() || std::sscanf(text.value().c_str(), "%lld %lld", &stat.ran_ns, &stat.queued_ns) != 2)
    return {};
  return stat;
}

}  // namespace

int64_t ThreadCpuNs(int tid) {
  // The file is just as exact, but takes some microseconds more.
  if (!MayCall(OwnCall::kClockGettime)) return ReadSchedStat(tid).ran_ns;
  // Makes the clock id like pthread_getcpuclockid(3), but from the thread's kernel id: the kernel's
  // MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED), include/linux/posix-timers.h.
  constexpr unsigned kPerThreadOfScheduler = 6;
  const auto clock = static_cast<clockid_t>(~static_cast<unsigned>(tid) << 3 | kPerThreadOfScheduler);
  timespec used{};
  return clock_gettime(clock, &used) == 0 ? used.tv_sec * kNsPerSecond + used.tv_nsec : 0;
}

int64_t ThreadQueuedNs(int tid) { return ReadSchedStat(tid).queued_ns; }

}  // namespace gmr::platform

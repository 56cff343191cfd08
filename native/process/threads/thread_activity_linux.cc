#include "thread_activity.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "../../base/clock.h"
#include "../proc_parse.h"
#include "../text_file.h"

namespace gmr::platform {

namespace {

Result<std::string> ReadTaskFile(int tid, const char* name) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/%s", tid, name);
  return ReadProcFile(AT_FDCWD, path);
}

bool IsEpollWait(long number) {
#if defined(SYS_epoll_wait)
  if (number == SYS_epoll_wait) return true;
#endif
#if defined(SYS_epoll_pwait2)
  if (number == SYS_epoll_pwait2) return true;
#endif
  return number == SYS_epoll_pwait;
}

void ReadSyscall(int tid, ThreadActivity* activity) {
  const auto text = ReadTaskFile(tid, "syscall");
  if (!text.ok()) return;
  activity->knows_syscall = true;
  long number = -1;
  unsigned long first = 0;
  if (text.value().compare(0, 7, "running") == 0) {
    activity->state = 'R';  // it was woken between the two looks
    return;
  }
  if (std::sscanf(text.value().c_str(), "%ld %lx", &number, &first) != 2) return;
  if (number == SYS_futex) activity->futex = first;
  if (!IsEpollWait(number)) return;
  activity->in_epoll = true;
  activity->epoll_fd = static_cast<int>(first);
}

}  // namespace

Result<ThreadActivity> ReadThreadActivity(int tid) {
  const auto stat_text = ReadTaskFile(tid, "stat");
  if (!stat_text.ok()) return stat_text.error();
  const auto stat = ParseThreadStat(stat_text.value());
  if (!stat.ok()) return stat.error();

  ThreadActivity activity;
  activity.state = stat.value().state;
  if (activity.state == 'S') ReadSyscall(tid, &activity);
  if (const auto text = ReadTaskFile(tid, "schedstat"); text.ok()) {
    long long cpu_ns = 0;
    long long delay_ns = 0;
    if (std::sscanf(text.value().c_str(), "%lld %lld", &cpu_ns, &delay_ns) == 2) {
      activity.cpu_ns = cpu_ns;
      activity.delay_ns = delay_ns;
      return activity;
    }
  }
  // Kernels without schedstat: in steps of a tick.
  const auto ticks = static_cast<int64_t>(stat.value().user_ticks + stat.value().system_ticks);
  activity.cpu_ns = ticks * (kNsPerSecond / sysconf(_SC_CLK_TCK));
  return activity;
}

}  // namespace gmr::platform

#include "proc_threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "../../base/own_calls.h"
#include "../../base/proc_status.h"
#include "../text_file.h"
#include "passive_probe.h"

namespace gmr::platform {

namespace {

double TicksToMs(uint64_t ticks) {
  static const auto kTicksPerSecond = static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(ticks) * 1e3 / kTicksPerSecond;
}

}  // namespace

bool ThreadStatus::InEventPoll() const {
  if (state != 'S') return false;
  if (!syscall) return true;  // asleep somewhere: the best that can be said without the file
#if defined(SYS_epoll_wait)
  if (syscall->number == SYS_epoll_wait) return true;
#endif
  return syscall->number == SYS_epoll_pwait;
}

int CurrentThreadId() { return static_cast<int>(syscall(SYS_gettid)); }

Result<ThreadStatus> ReadThreadStatus(int tid) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
  const auto stat_text = ReadProcFile(AT_FDCWD, path);
  if (!stat_text.ok()) return stat_text.error();
  const auto stat = ParseThreadStat(stat_text.value());
  if (!stat.ok()) return stat.error();

  ThreadStatus status;
  status.tid = tid;
  status.name = stat.value().name;
  status.state = stat.value().state;
  status.cpu_user_ms = TicksToMs(stat.value().user_ticks);
  status.cpu_system_ms = TicksToMs(stat.value().system_ticks);
  status.start_ticks = stat.value().start_ticks;

  if (!KernelTellsOurPlaces()) return status;
  std::snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
  if (const auto call_text = ReadProcFile(AT_FDCWD, path); call_text.ok()) {
    if (const auto call = ParseThreadSyscall(call_text.value()); call.ok()) status.syscall = call.value();
  }
  return status;
}

Result<std::vector<int>> ListThreads() {
  if (IsForbidden(OwnCall::kGetdents64)) return SysError{errno, "listing the threads"};
  DIR* directory = opendir("/proc/self/task");
  if (directory == nullptr) return SysError{errno, "opening /proc/self/task"};
  std::vector<int> tids;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this directory stream
  while (const dirent* entry = readdir(directory)) {
    if (const int tid = std::atoi(entry->d_name); tid > 0) tids.push_back(tid);
  }
  closedir(directory);
  std::sort(tids.begin(), tids.end());
  return tids;
}

int ParentPid() { return static_cast<int>(ReadStatusNumber("PPid").value_or(0)); }

Result<double> ResidentBytes() {
  const auto text = ReadProcFile(AT_FDCWD, "/proc/self/statm");
  if (!text.ok()) return text.error();
  unsigned long long total_pages = 0;
  unsigned long long resident_pages = 0;
  if (std::sscanf(text.value().c_str(), "%llu %llu", &total_pages, &resident_pages) != 2) {
    return SysError{EINVAL, "parsing /proc/self/statm"};
  }
  return static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace gmr::platform

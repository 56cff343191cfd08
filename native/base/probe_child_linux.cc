#include "probe_child.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "clock.h"
#include "scoped_fd.h"
#include "sleep.h"

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

namespace gmr::platform {

namespace {

// A call returns within microseconds, unless the filter consults a supervisor.
constexpr int64_t kLongestNs = 250 * kNsPerMs;
constexpr int64_t kLongestReapNs = 100 * kNsPerMs;
constexpr int64_t kLookEveryNs = kNsPerMs / 2;
constexpr long kClone3 = 435;  // SYS_clone3, which older headers lack

// Memory that the parent and the child share.
struct Shared {
  std::atomic<uint32_t> at;  // index of the call being made; the number of calls when all are made
  std::atomic<int> errors[kMaxProbes];
};

// Uses the call with which this C library starts threads, because every filter must allow that one. Since
// version 2.34, glibc uses clone3, whose flags no filter can see, or clone if the kernel lacks clone3.
long CopyProcess() {
#if defined(__GLIBC__)
  if (std::atof(gnu_get_libc_version()) >= 2.34) {
    uint64_t arguments[8] = {};  // struct clone_args of its first version, CLONE_ARGS_SIZE_VER0
    const long pid = syscall(kClone3, arguments, sizeof arguments);
    if (pid >= 0 || errno != ENOSYS) return pid;
  }
#endif
  return syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
}

// Only system calls are allowed from here on: the child has none of the other threads, so locks that they
// held stay locked.
[[noreturn]] void RunChild(const ProbedCall* calls, size_t begin, size_t count, Shared* shared) {
  // The child's death is expected and needs no core file. A limit of one byte also keeps the kernel from
  // starting a core_pattern program.
  rlimit core{1, 1};
  if (syscall(SYS_prlimit64, 0, RLIMIT_CORE, &core, nullptr) != 0) {
    core = {0, 0};
    syscall(SYS_prlimit64, 0, RLIMIT_CORE, &core, nullptr);
  }
  for (size_t i = begin; i < count; ++i) {
    shared->at.store(static_cast<uint32_t>(i));
    const auto& a = calls[i].arguments;
    const long result = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
    shared->errors[i].store(result < 0 ? errno : 0);
  }
  shared->at.store(static_cast<uint32_t>(count));
  for (;;) syscall(SYS_exit_group, 0);
}

bool HasEnded(long pid) {
  char path[40];
  std::snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  const ScopedFd fd(open(path, O_RDONLY | O_CLOEXEC));
  // The state is unknown if, for instance, no descriptor is left.
  if (!fd.ok()) return errno == ENOENT || errno == ESRCH;
  char text[128];
  const ssize_t length = read(fd.get(), text, sizeof text - 1);
  if (length <= 0) return true;
  text[length] = '\0';
  const char* const name_end = std::strrchr(text, ')');
  return name_end != nullptr && (name_end[1] == ' ') && (name_end[2] == 'Z' || name_end[2] == 'X');
}

// True when the child has ended or has made all calls.
bool AwaitChild(long pid, size_t count, const Shared* shared) {
  const int64_t end_ns = MonotonicNs() + kLongestNs;
  while (MonotonicNs() < end_ns) {
    if (shared->at.load() == count || HasEnded(pid)) return true;
    SleepNs(kLookEveryNs);
  }
  return false;
}

// Children that were still running when the wait for them ended. Used by the reporter thread only.
std::array<pid_t, kMaxProbes> g_left{};
size_t g_left_count = 0;

bool IsReaped(pid_t pid) { return wait4(pid, nullptr, __WALL | WNOHANG, nullptr) != 0; }

// The child has ended or is about to.
void Reap(pid_t pid) {
  const int64_t end_ns = MonotonicNs() + kLongestReapNs;
  while (!IsReaped(pid)) {
    if (MonotonicNs() >= end_ns) {
      if (g_left_count < g_left.size()) g_left[g_left_count++] = pid;
      return;
    }
    SleepNs(kLookEveryNs);
  }
}

}  // namespace

void ReapLeftChildren() {
  const auto end = g_left.begin() + static_cast<ptrdiff_t>(g_left_count);
  g_left_count = static_cast<size_t>(std::remove_if(g_left.begin(), end, &IsReaped) - g_left.begin());
}

ProbeResults ProbeCalls(const ProbedCall* calls, size_t count, size_t reaps) {
  ProbeResults results;
  results.ends.fill(ProbeEnd::kNotStarted);
  count = std::min(count, kMaxProbes);
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return results;
  auto* shared = static_cast<Shared*>(memory);  // zeroed, as its fields begin

  sigset_t all;
  sigset_t earlier;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &earlier);
  for (size_t begin = 0; begin < count;) {
    shared->at.store(static_cast<uint32_t>(begin));
    const long pid = CopyProcess();
    if (pid == 0) RunChild(calls, begin, count, shared);
    if (pid < 0) break;
    const bool ended = AwaitChild(pid, count, shared);
    if (!ended) syscall(SYS_tgkill, pid, pid, SIGKILL);
    const size_t at = shared->at.load();
    for (size_t i = begin; i < at; ++i) {
      results.ends[i] = ProbeEnd::kReturned;
      results.errors[i] = shared->errors[i].load();
    }
    if (at < count) results.ends[at] = ended ? ProbeEnd::kDied : ProbeEnd::kNoAnswer;
    if (results.ends[reaps] == ProbeEnd::kReturned) Reap(static_cast<pid_t>(pid));
    begin = at + 1;
  }
  pthread_sigmask(SIG_SETMASK, &earlier, nullptr);
  munmap(memory, sizeof(Shared));
  return results;
}

}  // namespace gmr::platform

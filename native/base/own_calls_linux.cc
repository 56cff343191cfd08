#include "own_calls.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>

#include "probe_child.h"
#include "proc_status.h"

namespace gmr::platform {

namespace {

constexpr auto kCount = static_cast<size_t>(OwnCall::kCount);
static_assert(kCount <= kMaxProbes);

enum class Verdict : uint8_t {
  kUsable,
  kDeadly,
  kDenied,
  kNoAnswer,  // the call did not return: a supervisor keeps it waiting
  kUnproved,  // no child process could try the call
  kUnknown,   // could not read whether there is a filter
  kUneven,    // another thread has filters that the reporter thread lacks
};

std::atomic<Verdict> g_verdicts[kCount];

// The filters that were examined last. Used by the reporter thread only.
struct Filters {
  int64_t mode = 0;   // 0: none; 2: filters
  int64_t count = 0;  // 0 where the kernel is older than 5.9

  bool operator==(const Filters&) const = default;
};
Filters g_examined;

constexpr int64_t kFilterMode = 2;
constexpr int64_t kToBeExamined = -2;  // differs from every count, so the next report examines the filters

std::optional<Filters> ReadFilters(int tid) {
  const auto mode = ReadThreadStatusNumber(tid, "Seccomp");
  if (!mode) return std::nullopt;
  if (*mode == 0) return Filters{};
  return Filters{*mode, ReadThreadStatusNumber(tid, "Seccomp_filters").value_or(0)};
}

// Memory that the calls read and write when they are tried. Each call fails or has no effect.
struct Operands {
  char byte = 0;
  iovec local{};
  iovec remote{};
  siginfo_t info{};
  timespec time{};
};

struct OwnCallFacts {
  const char* name;
  ProbedCall call;
};

template <typename T>
long Word(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

// An invalid descriptor and an empty path, so that the call fails with EBADF or ENOENT.
constexpr long kNoFd = -1;
constexpr long kAddSealsCommand = 1024 + 9;  // F_ADD_SEALS, which older headers lack

std::array<OwnCallFacts, kCount> Facts(Operands* operands) {
  static const char kNoPath[] = "";
  const long pid = getpid();
  const long tid = syscall(SYS_gettid);
  operands->local = {&operands->byte, 1};
  operands->remote = {&operands->byte, 1};
  operands->info.si_code = SI_QUEUE;
  const long path = Word(kNoPath);
  const long poll_number =
#if defined(SYS_poll)
      SYS_poll;
#else
      SYS_ppoll;
#endif
  return {{
      {"wait4", {SYS_wait4, {-1, 0, WNOHANG, 0}}},
      {"prctl", {SYS_prctl, {PR_SET_DUMPABLE, 0}}},
      {"process_vm_readv",
       {SYS_process_vm_readv, {pid, Word(&operands->local), 1, Word(&operands->remote), 1, 0}}},
      // Signal 0 only checks whether a signal could be sent.
      {"rt_tgsigqueueinfo", {SYS_rt_tgsigqueueinfo, {pid, tid, 0, Word(&operands->info)}}},
      {"clock_gettime", {SYS_clock_gettime, {CLOCK_THREAD_CPUTIME_ID, Word(&operands->time)}}},
      {"getdents64", {SYS_getdents64, {kNoFd, 0, 0}}},
      {"poll", {poll_number, {0, 0, 0}}},
      {"mremap", {SYS_mremap, {1, 0, 0, 0}}},
      {"sendto", {SYS_sendto, {kNoFd, 0, 0, 0, 0, 0}}},
      {"mkdirat", {SYS_mkdirat, {kNoFd, path, 0700}}},
      {"readlinkat", {SYS_readlinkat, {kNoFd, path, Word(&operands->byte), 1}}},
      {"fchmod", {SYS_fchmod, {kNoFd, 0600}}},
      {"renameat2", {SYS_renameat2, {kNoFd, path, kNoFd, path, 1}}},
      {"renameat", {SYS_renameat, {kNoFd, path, kNoFd, path}}},
      {"linkat", {SYS_linkat, {kNoFd, path, kNoFd, path, 0}}},
      {"unlinkat", {SYS_unlinkat, {kNoFd, path, 0}}},
      // No such kind of target exists, so the call fails with EINVAL.
      {"setpriority", {SYS_setpriority, {-1, 0, 0}}},
      {"getpeername", {SYS_getpeername, {kNoFd, 0, 0}}},
      // No such flags exist, so the call fails with EINVAL.
      {"memfd_create", {SYS_memfd_create, {path, -1}}},
      {"fcntl(F_ADD_SEALS)", {SYS_fcntl, {kNoFd, kAddSealsCommand, 0}}},
  }};
}

// Node itself makes all the others. A report can do without these.
bool IsOursAlone(OwnCall call) {
  return call == OwnCall::kProcessVmReadv || call == OwnCall::kRtTgsigqueueinfo ||
         call == OwnCall::kMemfdCreate || call == OwnCall::kAddSeals;
}

Verdict FromEnd(ProbeEnd end, int error, OwnCall call) {
  switch (end) {
    case ProbeEnd::kReturned:
      // Without a filter, none of the calls fails with these errors.
      return error == EPERM || error == ENOSYS || error == EACCES ? Verdict::kDenied : Verdict::kUsable;
    case ProbeEnd::kDied:
      return Verdict::kDeadly;
    case ProbeEnd::kNoAnswer:
      return Verdict::kNoAnswer;
    case ProbeEnd::kNotStarted:
      break;
  }
  return IsOursAlone(call) ? Verdict::kUnproved : Verdict::kUsable;
}

void SetAll(Verdict verdict) {
  for (auto& each : g_verdicts) each.store(verdict);
}

void Probe(bool may_copy) {
  Operands operands;
  const auto facts = Facts(&operands);
  std::array<ProbedCall, kCount> calls;
  std::transform(facts.begin(), facts.end(), calls.begin(),
                 [](const OwnCallFacts& each) { return each.call; });
  const size_t count = may_copy ? kCount : 0;
  const ProbeResults results = ProbeCalls(calls.data(), count, static_cast<size_t>(OwnCall::kWait4));
  for (size_t i = 0; i < kCount; ++i)
    g_verdicts[i].store(FromEnd(results.ends[i], results.errors[i], static_cast<OwnCall>(i)));
}

// Calls that threads with isolates make as well. Those threads may have filters of their own, which were not
// tried.
void ForbidToOthers() {
  for (const OwnCall call : {OwnCall::kProcessVmReadv, OwnCall::kMremap}) {
    auto& verdict = g_verdicts[static_cast<size_t>(call)];
    if (verdict.load() == Verdict::kUsable) verdict.store(Verdict::kUneven);
  }
}

const char* Describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUsable:
      return "";
    case Verdict::kDeadly:
      return "a seccomp filter ends the process for ";
    case Verdict::kDenied:
      return "a seccomp filter denies ";
    case Verdict::kNoAnswer:
      return "a seccomp filter keeps the caller waiting in ";
    case Verdict::kUnproved:
      return "a seccomp filter is active, and no process could be made to try ";
    case Verdict::kUnknown:
      return "the status of the process could not be read, so a seccomp filter may forbid ";
    case Verdict::kUneven:
      return "threads of the process have different seccomp filters, and not all may allow ";
  }
  return "";
}

}  // namespace

void ExamineOwnCalls(const std::vector<int>& tids, bool may_copy) {
  if (MayCall(OwnCall::kWait4)) ReapLeftChildren();
  const auto own = ReadFilters(static_cast<int>(syscall(SYS_gettid)));
  if (!own) {
    // No descriptor is left, or there is no /proc. Earlier verdicts still hold. A child process would be
    // useless, because its end is read from /proc as well.
    if (g_examined == Filters{}) {
      for (const OwnCall call :
           {OwnCall::kProcessVmReadv, OwnCall::kRtTgsigqueueinfo, OwnCall::kMemfdCreate, OwnCall::kAddSeals})
        g_verdicts[static_cast<size_t>(call)].store(Verdict::kUnknown);
      g_examined = {kFilterMode, kToBeExamined};
    }
    return;
  }
  const Filters filters = *own;
  if (!(filters == g_examined)) {
    SetAll(Verdict::kUsable);
    if (filters.mode != 0) Probe(may_copy);
    // If no child could be made, the next report tries again.
    g_examined = may_copy || filters.mode == 0 ? filters : Filters{filters.mode, kToBeExamined};
  }
  const bool even = std::all_of(tids.begin(), tids.end(), [&filters](int tid) {
    const auto others = ReadFilters(tid);
    return !others || *others == filters;
  });
  // This verdict stays until the filters change. Such threads are rare, and their reports lose little.
  if (!even) ForbidToOthers();
}

bool MayCall(OwnCall call) { return g_verdicts[static_cast<size_t>(call)].load() == Verdict::kUsable; }

bool IsForbidden(OwnCall call) {
  if (MayCall(call)) return false;
  errno = EPERM;
  return true;
}

std::string WhyNot(OwnCall call) {
  const Verdict verdict = g_verdicts[static_cast<size_t>(call)].load();
  if (verdict == Verdict::kUsable) return "";
  Operands operands;
  return std::string(Describe(verdict)) + Facts(&operands)[static_cast<size_t>(call)].name;
}

std::vector<std::string> ForbiddenCalls() {
  std::vector<std::string> reasons;
  for (size_t i = 0; i < kCount; ++i) {
    if (std::string reason = WhyNot(static_cast<OwnCall>(i)); !reason.empty())
      reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace gmr::platform

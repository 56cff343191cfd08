#include "cpu_shares.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../../process/threads/thread_cpu.h"
#include "photograph.h"

namespace gmr::reporter {

namespace {

// In a shorter time the kernel's clock of CPU time says nothing.
constexpr int64_t kShortestShareNs = 5 * platform::kNsPerMs;

}  // namespace

CpuMark MarkCpu(int tid) { return {platform::ThreadCpuNs(tid), platform::MonotonicNs()}; }

void SetCpuShare(ThreadPhoto* thread) {
  const CpuMark begin = thread->mark;
  const int64_t elapsed_ns = platform::MonotonicNs() - begin.at_ns;
  if (begin.cpu_ns == 0 || elapsed_ns < kShortestShareNs) return;
  const int64_t cpu_ns = platform::ThreadCpuNs(thread->status.tid);
  if (cpu_ns < begin.cpu_ns) return;  // it has ended
  const auto used_ns = static_cast<double>(cpu_ns - begin.cpu_ns);
  thread->cpu_share = std::min(1.0, used_ns / static_cast<double>(elapsed_ns));
}

void SetCpuShares(std::vector<OtherThreadPhoto>* threads) {
  for (OtherThreadPhoto& other : *threads) SetCpuShare(&other.os);
}

}  // namespace gmr::reporter

#include "cpu_shares.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../../process/threads/thread_cpu.h"
#include "photograph.h"

namespace gmr::reporter {

namespace {

// In a shorter time the kernel's clock of CPU time says nothing.
constexpr int64_t kShortestShareNs = 5 * platform::kNsPerMs;

void SetQueueShare(ThreadPhoto* thread) {
  const QueueMark begin = thread->queue_mark;
  const int64_t elapsed_ns = platform::MonotonicNs() - begin.at_ns;
  if (begin.queued_ns < 0 || elapsed_ns < kShortestShareNs) return;
  const int64_t queued_ns = platform::ThreadQueuedNs(thread->status.tid);
  if (queued_ns < begin.queued_ns) return;  // it has ended
  thread->queue_share =
      std::min(1.0, static_cast<double>(queued_ns - begin.queued_ns) / static_cast<double>(elapsed_ns));
}

}  // namespace

CpuMark MarkCpu(int tid) { return {platform::ThreadCpuNs(tid), platform::MonotonicNs()}; }

QueueMark MarkQueue(int tid) { return {platform::ThreadQueuedNs(tid), platform::MonotonicNs()}; }

void SetCpuShare(ThreadPhoto* thread, int64_t answering_ns) {
  SetQueueShare(thread);
  const CpuMark begin = thread->mark;
  const int64_t elapsed_ns = platform::MonotonicNs() - begin.at_ns;
  if (begin.cpu_ns == 0 || elapsed_ns < kShortestShareNs) return;
  const int64_t cpu_ns = platform::ThreadCpuNs(thread->status.tid);
  if (cpu_ns < begin.cpu_ns) return;  // it has ended
  const int64_t own_ns = elapsed_ns - answering_ns;
  if (own_ns < kShortestShareNs) return;
  const int64_t used_ns = cpu_ns - begin.cpu_ns - answering_ns;
  thread->cpu_share = std::clamp(static_cast<double>(used_ns) / static_cast<double>(own_ns), 0.0, 1.0);
}

void SetCpuShares(std::vector<OtherThreadPhoto>* threads) {
  for (OtherThreadPhoto& other : *threads) SetCpuShare(&other.os);
}

}  // namespace gmr::reporter

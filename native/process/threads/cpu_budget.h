// CpuBudget: a time limit for work while another thread, or the program, waits for it.
//
// Owns:        nothing.
// Threads:     the one that made it.
// Signal-safe: yes.
// Lifetime:    plain object.
//
// On a busy machine a thread that needs a millisecond of CPU may get it in twenty. The limit is for the CPU
// time; of the wall clock, fifty times as much may pass.
#ifndef GMR_NATIVE_PROCESS_THREADS_CPU_BUDGET_H_
#define GMR_NATIVE_PROCESS_THREADS_CPU_BUDGET_H_

#include <cstdint>

#include "../../base/clock.h"
#include "proc_threads.h"
#include "thread_cpu.h"

namespace gmr::platform {

class CpuBudget {
 public:
  explicit CpuBudget(int64_t budget_ns)
      : budget_ns_(budget_ns),
        tid_(CurrentThreadId()),
        began_at_ns_(MonotonicNs()),
        cpu_began_ns_(ThreadCpuNs(tid_)) {}

  bool IsUsedUp() const {
    const int64_t passed_ns = MonotonicNs() - began_at_ns_;
    if (passed_ns <= budget_ns_) return false;
    // Unknown CPU time is 0 both times: then the wall clock decides.
    return cpu_began_ns_ == 0 || passed_ns > kWallShare * budget_ns_ ||
           ThreadCpuNs(tid_) - cpu_began_ns_ > budget_ns_;
  }

 private:
  static constexpr int64_t kWallShare = 50;

  const int64_t budget_ns_;
  const int tid_;
  const int64_t began_at_ns_;
  const int64_t cpu_began_ns_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_CPU_BUDGET_H_

// CpuShares: which part of a CPU a thread used while a report was made, and how long it waited for one.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    functions and a plain value.
#ifndef GMR_NATIVE_REPORTER_MODEL_CPU_SHARES_H_
#define GMR_NATIVE_REPORTER_MODEL_CPU_SHARES_H_

#include <cstdint>
#include <vector>

namespace gmr::reporter {

struct ThreadPhoto;
struct OtherThreadPhoto;

// CPU time that a thread had used at a point in time.
struct CpuMark {
  int64_t cpu_ns = 0;  // 0: unknown
  int64_t at_ns = 0;
};

// Time for which a thread had waited for a CPU at a point in time.
struct QueueMark {
  int64_t queued_ns = -1;  // -1: unknown
  int64_t at_ns = 0;
};

CpuMark MarkCpu(int tid);
QueueMark MarkQueue(int tid);

// Sets the shares since the marks of the thread, if there are some that are old enough to tell.
// `answering_ns` is CPU time that the thread has used since then only because the report asked it.
void SetCpuShare(ThreadPhoto* thread, int64_t answering_ns = 0);
void SetCpuShares(std::vector<OtherThreadPhoto>* threads);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_CPU_SHARES_H_

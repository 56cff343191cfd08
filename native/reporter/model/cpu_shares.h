// CpuShares: which part of a CPU a thread used while a report was made.
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

CpuMark MarkCpu(int tid);

// Sets the share since the mark of the thread, if there is one that is old enough to tell.
void SetCpuShare(ThreadPhoto* thread);
void SetCpuShares(std::vector<OtherThreadPhoto>* threads);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_CPU_SHARES_H_

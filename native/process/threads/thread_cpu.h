// ThreadCpuNs: CPU time of one thread of this process, up to this moment, and how long it had to wait for a
// CPU.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: may open a file.
// Lifetime:    functions. Linux only; elsewhere 0 and -1.
//
// /proc/<pid>/task/<tid>/schedstat is as old as the last tick of the scheduler,
// up to 10 ms, for a thread that is on a CPU.
#ifndef GMR_NATIVE_PROCESS_THREADS_THREAD_CPU_H_
#define GMR_NATIVE_PROCESS_THREADS_THREAD_CPU_H_

#include <time.h>

#include <cstdint>

namespace gmr::platform {

// 0: it has ended, or this system does not tell.
int64_t ThreadCpuNs(int tid);

// Time for which it could have run, but others had the CPUs. -1: it has ended, or this kernel does not count
// it.
int64_t ThreadQueuedNs(int tid);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_THREAD_CPU_H_

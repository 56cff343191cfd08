// IdleCpus: how many CPUs nobody uses at the moment.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_PROCESS_THREADS_IDLE_CPUS_H_
#define GMR_NATIVE_PROCESS_THREADS_IDLE_CPUS_H_

#include <string>
#include <string_view>

namespace gmr::platform {

// Of those that this process may use; the calling thread's counts as used. 0 where the kernel does not say
// how many threads want to run. In a container, the threads of the whole machine count. Under a CPU limit of
// a cgroup, what threads of ours use is taken from the service even while CPUs are idle: no more count than
// the limit leaves beside two.
int IdleCpus();

// The same if only `busy` threads wanted to run. 0 where a limit leaves none.
int CpusBeside(int busy);

// Of /proc/loadavg: threads that run or want to; -1: not of that form.
int ParseRunningThreads(std::string_view loadavg_text);

constexpr double kNoCpuLimit = 1e9;

// CPUs that "<quota> <period>" of a cgroup allow; kNoCpuLimit: as many as there are.
double ParseCpuLimit(const std::string& text);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_IDLE_CPUS_H_

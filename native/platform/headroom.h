// How much memory this process may still take before the kernel refuses or kills.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: opens files.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PLATFORM_HEADROOM_H_
#define GMR_NATIVE_PLATFORM_HEADROOM_H_

#include <cstdint>

namespace gmr::platform {

// The least of: the limits of the process's cgroup (v2 or v1) and of each of
// its parents, less what they use, and RLIMIT_AS less the address space in use.
// INT64_MAX where nothing limits it or nothing can be read.
int64_t MemoryHeadroomBytes();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_HEADROOM_H_

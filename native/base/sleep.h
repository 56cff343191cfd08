// SleepNs: a short sleep without nanosleep(2), because Node may not make that call and a seccomp filter may
// kill the process for it.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_BASE_SLEEP_H_
#define GMR_NATIVE_BASE_SLEEP_H_

#include <cstdint>
#include <ctime>

#include "clock.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

#include "futex.h"
#endif

namespace gmr::platform {

// May return early, after a signal.
inline void SleepNs(int64_t ns) {
  const timespec pause{ns / kNsPerSecond, ns % kNsPerSecond};
#if defined(__linux__)
  // Nothing wakes this futex, so the wait ends with its time limit.
  uint32_t word = 0;
  syscall(SYS_futex, &word, kFutexWaitPrivate, 0, &pause, nullptr, 0);
#else
  nanosleep(&pause, nullptr);
#endif
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_SLEEP_H_

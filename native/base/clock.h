// Clocks: the three that a report needs.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes: clock_gettime(2) is async-signal-safe (signal-safety(7)).
// Lifetime:    functions.
#ifndef GMR_NATIVE_BASE_CLOCK_H_
#define GMR_NATIVE_BASE_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace gmr::platform {

inline constexpr int64_t kNsPerMs = 1'000'000;
inline constexpr int64_t kNsPerSecond = 1'000'000'000;

// Nanoseconds of CLOCK_MONOTONIC: the base of libuv's loop time as well, so
// that the two may be compared. It stands still while the machine is suspended.
inline int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

// Milliseconds of Unix time.
inline double WallClockMs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

inline double MsBetween(int64_t from_ns, int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / static_cast<double>(kNsPerMs);
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CLOCK_H_

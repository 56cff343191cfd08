// Operations of futex(2), for syscall(2).
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes: numbers.
// Lifetime:    constants.
//
// Written out, because <linux/futex.h> is no part of the C library: Alpine has
// it in a package that a compiler does not bring along.
#ifndef GMR_NATIVE_BASE_FUTEX_H_
#define GMR_NATIVE_BASE_FUTEX_H_

namespace gmr::platform {

// Between threads of one process only.
inline constexpr int kFutexPrivate = 128;

inline constexpr int kFutexWaitPrivate = 0 | kFutexPrivate;
inline constexpr int kFutexWakePrivate = 1 | kFutexPrivate;
// Takes a point in time of CLOCK_MONOTONIC, and not a duration.
inline constexpr int kFutexWaitBitsetPrivate = 9 | kFutexPrivate;

inline constexpr unsigned kFutexMatchAny = 0xffffffff;

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_FUTEX_H_

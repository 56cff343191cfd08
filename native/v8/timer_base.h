// TimerBase: when the clock of an environment's timers was at 0.
//
// Owns:        nothing.
// Threads:     any: it only reads memory.
// Signal-safe: no.
// Lifetime:    function.
//
// A timer in the heap knows when it was started, in milliseconds since a moment that
// only node::Environment knows. To ask JavaScript for it at setup would cost every
// process half a millisecond, reports or not.
#ifndef GMR_NATIVE_V8_TIMER_BASE_H_
#define GMR_NATIVE_V8_TIMER_BASE_H_

#include <cstdint>

#include "../base/address.h"

namespace gmr::vm {

struct EnvironmentPlace {
  platform::Address address;     // of a node::Environment
  int64_t registered_at_ns = 0;  // it was made earlier than that
};

// Milliseconds of CLOCK_MONOTONIC; -1: not found, or several that may be it.
double TimerBaseOf(const EnvironmentPlace& environment);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_TIMER_BASE_H_

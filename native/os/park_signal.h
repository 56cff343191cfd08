// ParkSignal: the signal with which single threads are parked.
//
// Owns:        the disposition of one real-time signal, from the first use to the
//              end of the process: a signal that is still under way must always
//              find its handler, or it would kill the process.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    process-wide. Linux only; elsewhere ENOTSUP.
#ifndef GMR_NATIVE_OS_PARK_SIGNAL_H_
#define GMR_NATIVE_OS_PARK_SIGNAL_H_

#include "../base/result.h"

namespace gmr::platform {

// The number of the signal, whose handler is installed by the first call: a
// real-time signal that nobody in this process has a handler for.
Result<int> ParkSignalNumber();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_PARK_SIGNAL_H_

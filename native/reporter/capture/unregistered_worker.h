// AdoptUnregistered: finds the thread of a worker in which gmr-native is not loaded.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_UNREGISTERED_WORKER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_UNREGISTERED_WORKER_H_

#include "../model/photograph.h"

namespace gmr::reporter {

// For a worker that never registered, the thread is unknown. If there is exactly one such worker, and exactly
// one other thread that runs JavaScript or is a worker by Node's names, they belong together. Native frames
// have their names.
void AdoptUnregistered(Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_UNREGISTERED_WORKER_H_

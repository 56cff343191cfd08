// HeapLimits: adds to each heap the limit at which V8 ends the process.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_HEAP_LIMITS_H_
#define GMR_NATIVE_REPORTER_CAPTURE_HEAP_LIMITS_H_

#include "../model/photograph.h"

namespace gmr::reporter {

void FindHeapLimits(Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_HEAP_LIMITS_H_

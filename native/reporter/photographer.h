// Photographer: asks every isolate for its stack and reads what the operating
// system knows about every thread.
//
// Owns:        nothing between calls.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_PHOTOGRAPHER_H_
#define GMR_NATIVE_REPORTER_PHOTOGRAPHER_H_

#include <functional>

#include "options.h"
#include "photograph.h"

namespace gmr::reporter {

// Fills the threads of `photograph`, whose id and trigger are set. Ends when
// every isolate has answered, or is known to be unable to, or at the deadline;
// `stop` ends it early (the process exits).
void PhotographThreads(const Options& options, const std::function<bool()>& stop, Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_PHOTOGRAPHER_H_

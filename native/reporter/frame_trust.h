// FrameTrust: takes back what was read by a layout that proved wrong.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_FRAME_TRUST_H_
#define GMR_NATIVE_REPORTER_FRAME_TRUST_H_

#include <string>

#include "photograph.h"

namespace gmr::reporter {

// Drops the JavaScript frames that were read from memory; native frames, and what
// threads told themselves, stay. `reason` is for people.
void DropReadJavaScript(const std::string& reason, Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FRAME_TRUST_H_

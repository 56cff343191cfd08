// FrameTrust: takes back what was read by a layout that proved wrong.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_FRAME_TRUST_H_
#define GMR_NATIVE_REPORTER_CAPTURE_FRAME_TRUST_H_

#include <string>

#include "../model/photograph.h"

namespace gmr::reporter {

// Drops the JavaScript frames that were read from memory, and the text of all code; native frames, and frames
// from V8's API, stay. `reason` is printed in the report.
void DropReadJavaScript(const std::string& reason, Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_FRAME_TRUST_H_

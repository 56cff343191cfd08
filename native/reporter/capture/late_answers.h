// Looks again at threads that were in native code when they were asked, and left it before they answered.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    none.
//
// V8 calls us at the next check of its own code, which is behind JSON.parse or a sort, and mostly in another
// function. The stack of that moment would blame the one that comes next. So such a thread is held for a
// moment, up to three times, at times that do not depend on what it does; if it is met in native code again,
// that stack is reported.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_LATE_ANSWERS_H_
#define GMR_NATIVE_REPORTER_CAPTURE_LATE_ANSWERS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "subject.h"

namespace gmr::reporter {

// After all have answered, or were given up.
void LookAgainAtLate(int64_t asked_at_ns, const std::function<bool()>& stop, std::vector<Subject>* subjects);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_LATE_ANSWERS_H_

// GreenThreadCheck: does a dump find exactly the functions that are known?
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no: allocates.
// Lifetime:    function.
#ifndef GMR_NATIVE_V8_GREEN_THREAD_CHECK_H_
#define GMR_NATIVE_V8_GREEN_THREAD_CHECK_H_

#include <string>

#include "known_objects.h"

namespace gmr::vm {

struct GreenThreadHeap;

// "": it does. Else what was wrong, for people.
std::string CheckGreenThreads(const Layout& layout, const GreenThreadHeap& prepared,
                              const KnownObjects& known);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_GREEN_THREAD_CHECK_H_

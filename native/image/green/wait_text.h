// WaitText: what a group waits for, as one line of English.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_

#include <string>

#include "wait_result.h"

namespace gmr::vm {

// `via`: what stands between, in words. `is_at_rest`: the heap was read while its thread stood still, so that
// what was not found is not there. Empty: nothing can be said.
std::string WaitText(const Wait& wait, const std::string& via, bool is_at_rest);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_

// Recognises a stack whose thread sleeps in Atomics.wait, or in WebAssembly's counterpart.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_IMAGE_STACK_ATOMICS_FRAMES_H_
#define GMR_NATIVE_IMAGE_STACK_ATOMICS_FRAMES_H_

#include <functional>
#include <vector>

#include "frame.h"

namespace gmr::vm {

// `frames` are innermost first, and those above the innermost JavaScript are there. `name_native` gives
// native frames their names; it is called for WebAssembly only.
bool ShowsAtomicsWait(const std::vector<Frame>& frames,
                      const std::function<void(std::vector<Frame>* native)>& name_native);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_ATOMICS_FRAMES_H_

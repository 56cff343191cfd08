// LayoutLoader: loads the layout without ever waiting for the loader of the process.
//
// Owns:        a thread, once, until the layout is there.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no.
// Lifetime:    of the process.
//
// dlsym(3) takes the lock that a thread holds which is stuck in the start-up code of
// a library. The report about that thread must not get stuck with it.
#ifndef GMR_NATIVE_V8_LAYOUT_LOADER_H_
#define GMR_NATIVE_V8_LAYOUT_LOADER_H_

#include <cstdint>

#include "../image/objects/layout.h"

namespace gmr::vm {

// Nothing, when it was begun before. The layout is there after about a millisecond.
void BeginLoadingLayout();

// The layout of this process; one that is not usable when it is not there by the
// deadline, or when its trial failed (layout_trial.h).
const LoadedLayout& TrustedLayout(int64_t deadline_ns);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_LAYOUT_LOADER_H_

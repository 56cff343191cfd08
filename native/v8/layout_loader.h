// LayoutLoader: loads the layouts of this process without ever waiting for a slow disk.
//
// Owns:        the layouts, and a thread, once, until they are there.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no.
// Lifetime:    of the process: leaked, because a thread of ours may read a layout while exit() runs.
//
// V8's numbers are read from the file of the program. It is in the page cache nearly always; but nothing
// bounds how long a read takes when it is not and the file is on a network.
#ifndef GMR_NATIVE_V8_LAYOUT_LOADER_H_
#define GMR_NATIVE_V8_LAYOUT_LOADER_H_

#include <cstdint>
#include <string>

#include "../image/census/object_types.h"
#include "../image/objects/heap_layout.h"
#include "../image/objects/layout.h"

namespace gmr::vm {

// Nothing, when it was begun before. The layouts are there after about two milliseconds.
void BeginLoadingLayout();

// The layout of this process; one that is not usable when it is not there by the
// deadline, or when its trial failed (layout_trial.h).
const LoadedLayout& TrustedLayout(int64_t deadline_ns);

struct LoadedHeapLayout {
  // Without the fields that heap_tables.h or heap_calibration.h adds.
  HeapLayout layout;
  // "": complete so far. Else what is missing.
  std::string problem;
  ObjectTypes types;
};

// The same without a deadline and a trial: for those who have waited for TrustedLayout(), and for tests.
const LoadedLayout& ProcessLayout();
const LoadedHeapLayout& ProcessHeapLayout();

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_LAYOUT_LOADER_H_

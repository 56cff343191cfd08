// OutsideScan: reads the suspended functions of a thread that does not answer, while that thread continues to
// run or block.
//
// Owns:        nothing.
// Threads:     one of the reporter's.
// Signal-safe: no.
// Lifetime:    function.
//
// A garbage collection during the scan would falsify the result. So V8's own counters are read before and
// after the scan; if they differ, the scan is repeated, and if they keep changing, there is no result.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_OUTSIDE_SCAN_H_
#define GMR_NATIVE_REPORTER_CAPTURE_OUTSIDE_SCAN_H_

#include <cstdint>
#include <functional>

#include "../../v8/interrupt_capture.h"
#include "../../v8/isolate_registry.h"

namespace gmr::reporter {

// Begins the reason when gc_epoch.h cannot be trusted.
inline constexpr const char* kCannotBeWatched = "the garbage collector cannot be watched: ";

struct OutsideScan {
  const vm::GreenThreadsQuestion& question;
  int64_t deadline_ns = 0;
  std::function<bool()> stop;
};

// Returns what was found, or kUnavailable with the reason.
vm::GreenThreads ScanFromOutside(const OutsideScan& scan, const vm::IsolateStatus& status);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_OUTSIDE_SCAN_H_

// SplitScan: runs a HeapScan, of a large heap together with a second thread.
//
// Owns:        nothing between calls.
// Threads:     that of the scan, and a helper that ends before the call does.
// Signal-safe: no: starts a thread and allocates.
// Lifetime:    function.
//
// The thread whose heap it is stands still until the scan ends. The first takes
// pages from the front and the second from the back until they meet, so a helper
// that gets no CPU costs nothing.
#ifndef GMR_NATIVE_IMAGE_SCAN_SPLIT_SCAN_H_
#define GMR_NATIVE_IMAGE_SCAN_SPLIT_SCAN_H_

#include "heap_scan.h"

namespace gmr::vm {

// The lists of `scan` are in the order of their addresses, as after HeapScan::Run().
HeapScan::Outcome RunSplit(const HeapPages& pages, const ScanLimits& limits, HeapScan* scan);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_SPLIT_SCAN_H_

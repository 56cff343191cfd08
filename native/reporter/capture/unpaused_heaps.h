// ReadUnpaused: reads the heaps of many isolates while their threads run.
//
// Owns:        its threads, which end before the call does.
// Threads:     one of the reporter's.
// Signal-safe: no.
// Lifetime:    function.
//
// As many at once as there are idle CPUs: on a busy machine, a second reader would take a CPU from the
// service.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_HEAPS_H_
#define GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_HEAPS_H_

#include <vector>

#include "heap_subject.h"
#include "unpaused_scan.h"

namespace gmr::reporter {

// Those that are not done yet, the first ones first. What remains undone has a reason.
void ReadUnpaused(UnpausedJob job, std::vector<HeapSubject>* subjects);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_HEAPS_H_

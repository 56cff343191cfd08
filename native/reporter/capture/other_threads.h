// OtherThreads: the threads of the process that are not of an isolate.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_OTHER_THREADS_H_
#define GMR_NATIVE_REPORTER_CAPTURE_OTHER_THREADS_H_

#include <cstddef>
#include <vector>

#include "../model/options.h"
#include "../model/photograph.h"
#include "lazy_reader.h"

namespace gmr::reporter {

struct MarkedThread {
  int tid = 0;
  CpuMark mark;
};

// All threads of the process; none where they cannot be listed.
std::vector<MarkedThread> ListMarked();

// Adds those of `threads`, with at most `max_stacks` stacks. The isolates are there already.
void PhotographOthers(const Options& options, const std::vector<MarkedThread>& threads, size_t max_stacks,
                      LazyReader* reader, Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_OTHER_THREADS_H_

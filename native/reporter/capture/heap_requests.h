// RequestHeaps: has isolates read their own heaps, each in an interrupt of its thread.
//
// Owns:        nothing.
// Threads:     one of the reporter's.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_HEAP_REQUESTS_H_
#define GMR_NATIVE_REPORTER_CAPTURE_HEAP_REQUESTS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "../../v8/interrupt_capture.h"
#include "heap_subject.h"

namespace gmr::reporter {

struct HeapRequestJob {
  const vm::Question& question;
  int64_t grace_ns = 0;  // for a thread to begin
  int64_t deadline_ns = 0;
  std::function<bool()> stop;
};

// Those that are not done yet and answered when their stack was requested. What remains undone keeps the
// reason that it has, or gets one.
void RequestHeaps(const HeapRequestJob& job, std::vector<HeapSubject>* subjects);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_HEAP_REQUESTS_H_

// HeapSubject: an isolate whose heap is to be read, and what came of it.
//
// Owns:        nothing; the photographed isolate is another's.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    of a report.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_HEAP_SUBJECT_H_
#define GMR_NATIVE_REPORTER_CAPTURE_HEAP_SUBJECT_H_

#include <string>
#include <utility>

#include "../model/photograph.h"

namespace gmr::reporter {

struct HeapSubject {
  IsolatePhoto* photo = nullptr;
  // What there is to say is in the photo. Otherwise it may have a reason, which another way may replace.
  bool done = false;
};

inline void SetReason(std::string reason, IsolatePhoto* photo) {
  photo->green_threads.found.reset();
  photo->green_threads.reason = std::move(reason);
}

// `more_time`: the option that allows more.
inline void SetFound(vm::GreenThreads found, const char* more_time, HeapSubject* subject) {
  subject->done = found.status != vm::GreenThreadStatus::kUnavailable;
  if (found.status == vm::GreenThreadStatus::kOk) {
    subject->photo->green_threads.found = std::move(found);
    return;
  }
  if (found.status == vm::GreenThreadStatus::kOverLimit) {
    // The only two limits of a scan as a whole.
    const bool of_heap = found.reason.starts_with("the heap");
    found.reason.append("; ")
        .append(of_heap ? "greenThreads.maxHeapMb (GMR_GREEN_THREADS_MAX_HEAP_MB)" : more_time)
        .append(" raises it");
  }
  SetReason(std::move(found.reason), subject->photo);
}

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_HEAP_SUBJECT_H_

// Subject: one isolate on its way into the photograph.
//
// Owns:        what was found out about it so far.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    plain value, one for each isolate and report.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_SUBJECT_H_
#define GMR_NATIVE_REPORTER_CAPTURE_SUBJECT_H_

#include <cstdint>
#include <memory>

#include "../../v8/interrupt_capture.h"
#include "../model/photograph.h"
#include "silent_thread.h"

namespace gmr::reporter {

struct Subject {
  IsolatePhoto photo;
  std::shared_ptr<vm::Capture> capture;
  std::shared_ptr<vm::Capture> first_capture;  // when `capture` is a repeated question
  std::unique_ptr<SilentThread> silent;
  bool given_up = false;
  bool was_met_in_native_code = false;  // after it had answered; `silent` has that stack
  bool skipped = false;                 // memory is too short for its stack

  bool pending() const {
    return capture != nullptr && !given_up && capture->state() == vm::Capture::State::kPending;
  }
};

// Reads the thread's state from the operating system, and sets the first mark of its CPU time.
void ReadOs(Subject* subject);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_SUBJECT_H_

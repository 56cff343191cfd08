// QueueSampler: finds blocked threads that run one promise job or tick after the other, and shows one of
// them.
//
// Owns:        what it saw of the threads.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one for each report.
//
// A loop that awaits what is there already, or a function that asks for itself with process.nextTick(), keeps
// the event loop from turning, though none of its steps takes long. One stack cannot tell it from a single
// step that does not end. So a thread that was met in such a step is asked again, a few times: that steps end
// and others begin shows on the stacks. V8 likes to answer where a function begins, so that a later stack may
// also have a better line.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_QUEUE_SAMPLER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_QUEUE_SAMPLER_H_

#include <functional>
#include <memory>
#include <vector>

#include "../../v8/interrupt_capture.h"
#include "../model/photograph.h"
#include "subject.h"

namespace gmr::reporter {

class QueueSampler {
 public:
  QueueSampler(vm::Question question, std::function<bool()> stop, Photograph* photograph);

  // `subjects` are those of the photograph's isolates, in the same order.
  void Sample(std::vector<Subject>* subjects);

 private:
  BusyQueue FindQueue(const IsolatePhoto& photo) const;
  // Of what it runs: takes over the stack of another step.
  void FindLine(IsolatePhoto* photo, Subject* subject) const;
  std::shared_ptr<vm::Capture> Ask(uint64_t isolate, const vm::Question& question, int64_t deadline_ns) const;

  vm::Question question_;
  vm::Question short_question_;  // without what is read of the code
  const std::function<bool()> stop_;
  Photograph* const photograph_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_QUEUE_SAMPLER_H_

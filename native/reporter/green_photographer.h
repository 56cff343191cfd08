// GreenPhotographer: has the suspended functions of every isolate listed.
//
// Owns:        what calibration found, once per process.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one per reporter.
//
// After the stacks of all isolates are in, so that nobody's stack waits for the scan
// of somebody's heap.
#ifndef GMR_NATIVE_REPORTER_GREEN_PHOTOGRAPHER_H_
#define GMR_NATIVE_REPORTER_GREEN_PHOTOGRAPHER_H_

#include <node.h>

#include <functional>
#include <memory>

#include "../v8/heap_model.h"
#include "exit_gate.h"
#include "options.h"
#include "photograph.h"

namespace gmr::reporter {

// What a report allows it.
struct GreenPhotographJob {
  const Options& options;
  node::MultiIsolatePlatform* platform = nullptr;
  int64_t deadline_ns = 0;
  std::function<bool()> stop;  // true: the process exits
};

class GreenPhotographer {
 public:
  // Fills `green_threads` of each isolate.
  void Photograph(const GreenPhotographJob& job, ExitGate* gate, reporter::Photograph* photograph);

 private:
  // nullptr: not now; `reason` says why.
  std::shared_ptr<const vm::GreenThreadsQuestion> MakeQuestion(const GreenPhotographJob& job, ExitGate* gate,
                                                               std::string* reason);

  // Kept once it was made, also when the answer is that this V8 is not understood.
  std::unique_ptr<const vm::HeapModel> model_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_GREEN_PHOTOGRAPHER_H_

// GreenPhotographer: has the suspended functions of every isolate listed.
//
// Owns:        what calibration found, once per process; from Begin() to Finish() a
//              thread that asks, and waits for the answers.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one per reporter.
//
// After the stacks of all isolates are in, so that nobody's stack waits for the scan
// of somebody's heap; and beside what else the reporter asks for.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_GREEN_PHOTOGRAPHER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_GREEN_PHOTOGRAPHER_H_

#include <node.h>

#include <functional>
#include <memory>
#include <string>

#include "../../base/helper_thread.h"
#include "../../v8/heap_model.h"
#include "../formatter/exit_gate.h"
#include "../model/options.h"
#include "../model/photograph.h"

namespace gmr::reporter {

// What a report allows it.
struct GreenPhotographJob {
  const Options& options;
  node::MultiIsolatePlatform* platform = nullptr;
  int64_t deadline_ns = 0;
  std::function<bool()> stop;  // true: the process exits
  std::string shortage = "";   // not empty when memory is too short to search the heaps
};

class GreenPhotographer {
 public:
  // Until Finish(), `green_threads` of the photographed isolates must not be touched, and `job.options`
  // and the isolates must stay where they are.
  void Begin(const GreenPhotographJob& job, ExitGate* gate, reporter::Photograph* photograph);
  // Waits for the thread, if one was started.
  void Join() { thread_.Join(); }
  // Fills `green_threads` of each isolate. Does nothing when it has been called already.
  void Finish(reporter::Photograph* photograph);

 private:
  // nullptr: not now; `reason` says why.
  std::shared_ptr<const vm::GreenThreadsQuestion> MakeQuestion(const GreenPhotographJob& job, ExitGate* gate,
                                                               std::string* reason);

  // Kept once it was made, also when the answer is that this V8 is not understood.
  std::unique_ptr<const vm::HeapModel> model_;
  platform::HelperThread thread_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_GREEN_PHOTOGRAPHER_H_

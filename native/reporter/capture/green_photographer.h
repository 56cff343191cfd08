// GreenPhotographer: has the suspended functions of every isolate listed.
//
// Owns:        what is known of this V8's heap, once per process; from Begin() to Finish() a
//              thread that asks, and waits for the answers.
// Threads:     the reporter thread; TryTable() and DropUntested() also on the formatter's, while the reporter
// thread
//              waits for it.
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
#include <string_view>

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
  // Source of the formatter, preceded by the table of wanted values; valid until the thread is joined.
  std::string_view formatter_source = {};
  std::string shortage = "";  // not empty when memory is too short to search the heaps
};

class GreenPhotographer {
 public:
  // How the contexts of threads are read in this report; nullptr: they are not.
  std::shared_ptr<const vm::ContextPlan> PlanContexts(const GreenPhotographJob& job);

  // Until Finish(), `green_threads` of the photographed isolates must not be touched, and `job.options`
  // and the isolates must stay where they are.
  void Begin(const GreenPhotographJob& job, ExitGate* gate, reporter::Photograph* photograph);
  // Waits for the thread, if one was started.
  void Join() { thread_.Join(); }
  // Fills `green_threads` of each isolate. Does nothing when it has been called already.
  void Finish(reporter::Photograph* photograph);

  // After Finish(), in an isolate of ours that may run JavaScript, with a context: tests the table by which
  // the heaps were read, once per process.
  void TryTable(v8::Isolate* isolate, const reporter::Photograph& photograph) const;
  // Drops what was read by a table that failed the test, or has not been tested.
  void DropUntested(reporter::Photograph* photograph) const;

 private:
  // nullptr: not now; `reason` says why.
  std::shared_ptr<const vm::GreenThreadsQuestion> MakeQuestion(const GreenPhotographJob& job, ExitGate* gate,
                                                               const reporter::Photograph& photograph,
                                                               std::string* reason);
  void DropUntestedContexts(reporter::Photograph* photograph) const;
  // Sets model_, unless the table does not fit.
  void TakeTable(const vm::LoadedLayout& loaded, const reporter::Photograph& photograph);
  // Sets model_, unless the reason that is returned is one of this report only.
  std::string Calibrate(const GreenPhotographJob& job, ExitGate* gate, const vm::LoadedLayout& loaded);

  // Kept once it was made, also when the answer is that this V8 is not understood.
  std::unique_ptr<const vm::HeapModel> model_;
  std::shared_ptr<const vm::ContextPlan> context_plan_;  // of the current report
  bool is_from_table_ = false;
  platform::HelperThread thread_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_GREEN_PHOTOGRAPHER_H_

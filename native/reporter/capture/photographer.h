// Photographer: asks every isolate for its stack and reads what the operating
// system knows about every thread.
//
// Owns:        nothing between calls.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_PHOTOGRAPHER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_PHOTOGRAPHER_H_

#include <functional>
#include <memory>

#include "../formatter/memory_plan.h"
#include "../model/options.h"
#include "../model/photograph.h"

namespace gmr::reporter {

struct PhotographHooks {
  std::function<bool()> stop;  // true: the process exits, end early
  // Called once, when all have been asked: at once if a CPU is idle; else when no thread may have to be held
  // for its stack, which whatever this begins would make longer, and no event loop is asked again.
  std::function<void()> asked;
  // Called once, after `asked`, when `isolates` are complete but for their names and native frames: from then
  // on they stay where they are. Never while a thread is held.
  std::function<void()> listed;
  // How contexts are read, once V8's layout is loaded; nullptr: they are not.
  std::function<std::shared_ptr<const vm::ContextPlan>()> plan_contexts;
};

// Sets `paused_ms` of each isolate, when nobody is asked any more.
void SumPauses(Photograph* photograph);

// Fills the threads of `photograph`, whose id and trigger are set. Ends when
// every isolate has answered, or is known to be unable to, or at the deadline.
void PhotographThreads(const Options& options, const MemoryPlan& memory, const PhotographHooks& hooks,
                       Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_PHOTOGRAPHER_H_

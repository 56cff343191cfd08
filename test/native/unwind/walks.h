// Walks stacks with the code under test, and with the C++ runtime for comparison.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_TEST_NATIVE_UNWIND_WALKS_H_
#define GMR_TEST_NATIVE_UNWIND_WALKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../../../native/process/modules.h"
#include "../../../native/process/proc_maps.h"
#include "../../../native/process/safe_read.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/unwind/native_stepper.h"

namespace gmr::test {

// What a capture prepares before it looks at a thread.
struct Preparation {
  platform::SelfMemory self;
  platform::MemoryReader reader{&self};
  platform::ModuleList modules;
  platform::ProcMaps maps;
  platform::NativeStepper stepper;

  Preparation();
};

struct Walk {
  std::vector<platform::Address> pcs;  // innermost first
  std::string end;                     // "end of stack", "no info", "broken", "limit", "not blocked", "moved"
  int approximate_steps = 0;
  std::string doing;  // the system call in words
  double capture_us = 0;
};

Walk WalkFrom(Preparation* preparation, const platform::Registers& start, bool pc_is_exact,
              platform::ChainJudge* judge);

// The passive capture of a thread: up to five tries, as a report does. Ends at
// the thread's first function, or below V8's code where `runs_javascript`.
Walk WalkBlockedThread(Preparation* preparation, int tid, bool runs_javascript);

// Both walks start in the same function, whose own pc differs between them.
Walk WalkOwnStack(Preparation* preparation);
std::vector<platform::Address> BacktraceOfRuntime();

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_UNWIND_WALKS_H_

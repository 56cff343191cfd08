// Photograph: everything that one report knows; src/report/model.ts in C++.
//
// Owns:        its strings.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    plain value, one per report.
#ifndef GMR_NATIVE_REPORTER_MODEL_PHOTOGRAPH_H_
#define GMR_NATIVE_REPORTER_MODEL_PHOTOGRAPH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../../base/unmasked.h"
#include "../../process/threads/proc_threads.h"
#include "../../v8/interrupt_capture.h"
#include "../../v8/isolate_registry.h"
#include "cpu_shares.h"
#include "inline_maps.h"
#include "trigger.h"

namespace gmr::reporter {

// One thread of the operating system.
struct ThreadPhoto {
  platform::ThreadStatus status;
  platform::Unmasked doing;           // description of the system call; empty: none or unknown
  CpuMark mark;                       // before the report began
  std::optional<double> cpu_share;    // of one CPU, while the report was made; 0 to 1
  QueueMark queue_mark;               // of a thread that was found running
  std::optional<double> queue_share;  // of the time since then, for which it waited for a CPU; 0 to 1
};

enum class IsolateState { kIdle, kRunning, kBlocked, kWaiting, kNotAnswering, kNotRegistered, kExited };

// The suspended functions of one isolate.
struct GreenThreadsPhoto {
  std::optional<vm::GreenThreads> found;  // absent: `reason` says why
  std::string reason;
};

// How often an event loop turned while it was observed.
struct LoopTurns {
  uint64_t count = 0;
  double during_ms = 0;
};

// What a blocked thread runs one of after the other.
enum class BusyQueue : uint8_t { kNone, kPromiseJobs, kTicks, kBoth };

struct IsolatePhoto {
  vm::IsolateStatus status;
  IsolateState state = IsolateState::kNotAnswering;
  std::string note;
  std::optional<ThreadPhoto> os;
  std::string os_error;                   // why `os` is absent
  std::optional<vm::StackCapture> stack;  // absent: `note` says why
  vm::ThreadContext context;              // of the code that `stack` shows
  std::optional<vm::HeapSample> heap;     // absent: it gave no answer
  std::optional<size_t> old_limit_bytes;  // of `heap`; absent: unknown
  std::optional<LoopTurns> loop_turns;    // absent: it did not turn by itself
  BusyQueue busy_queue = BusyQueue::kNone;
  int64_t answered_at_ns = 0;  // 0: it gave no answer
  GreenThreadsPhoto green_threads;
  // How long its thread stood still, or worked, for this report.
  double paused_ms = 0;
  double also_held_ms = 0;  // part of it, for looks whose stack is not reported
};

// A thread without an isolate of ours.
struct OtherThreadPhoto {
  ThreadPhoto os;
  std::optional<vm::StackCapture> stack;
  std::string no_stack;  // why `stack` is absent
};

struct SectionPhoto {
  std::string title;
  std::string result_json;  // SectionOutcome['result']
};

struct Photograph {
  std::string report_id;
  Trigger trigger;
  double stacks_after_ms = 0;
  double complete_after_ms = 0;
  int pid = 0;
  int ppid = 0;
  std::optional<double> rss_bytes;
  std::string processes_json;  // commands as the system has them; empty: not read
  std::vector<IsolatePhoto> isolates;
  std::vector<OtherThreadPhoto> other_threads;
  std::vector<SectionPhoto> sections;
  std::string facts_json;          // empty: unavailable
  std::string configuration_json;  // empty: unavailable
  std::string view_json;

  const IsolatePhoto* main_isolate() const {
    return !isolates.empty() && isolates.front().status.identity.is_main ? &isolates.front() : nullptr;
  }
};

// "idle", "not-answering"...: the word of model.ts.
const char* StateWord(IsolateState state);

// In the shape of src/formatter/unresolved.ts. `maps`, when given, gets the source maps that are not in it.
std::string ToJson(const Photograph& photograph, InlineMaps* maps = nullptr);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_PHOTOGRAPH_H_

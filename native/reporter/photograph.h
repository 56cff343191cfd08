// Photograph: everything that one report knows; src/report/model.ts in C++.
//
// Owns:        its strings.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    plain value, one per report.
#ifndef GMR_NATIVE_REPORTER_PHOTOGRAPH_H_
#define GMR_NATIVE_REPORTER_PHOTOGRAPH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../platform/proc_threads.h"
#include "../v8/interrupt_capture.h"
#include "../v8/isolate_registry.h"
#include "trigger.h"

namespace gmr::reporter {

// One thread of the operating system.
struct ThreadPhoto {
  platform::ThreadStatus status;
  std::string doing;                // the system call in words; empty: none, or not known
  std::optional<double> cpu_share;  // of one CPU, while the report was made; 0 to 1
};

enum class IsolateState { kIdle, kRunning, kBlocked, kNotAnswering, kNotRegistered, kExited };

// The suspended functions of one isolate.
struct GreenThreadsPhoto {
  std::optional<vm::GreenThreads> found;  // absent: `reason` says why
  std::string reason;
  // Read by the reporter, while the isolate's thread may have changed what was read.
  bool approximate = false;
};

struct IsolatePhoto {
  vm::IsolateStatus status;
  IsolateState state = IsolateState::kNotAnswering;
  std::string note;
  std::optional<ThreadPhoto> os;
  std::string os_error;                   // why `os` is absent
  std::optional<vm::StackCapture> stack;  // absent: `note` says why
  std::optional<vm::HeapSample> heap;     // absent: it gave no answer
  int64_t answered_at_ns = 0;             // 0: it gave no answer
  GreenThreadsPhoto green_threads;
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

// In the shape of src/report/model.ts.
std::string ToJson(const Photograph& photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_PHOTOGRAPH_H_

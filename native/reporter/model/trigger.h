// Trigger: what asked for a report, and when.
//
// Owns:        its strings.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_REPORTER_MODEL_TRIGGER_H_
#define GMR_NATIVE_REPORTER_MODEL_TRIGGER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "../../v8/heap_sample.h"
#include "json_writer.h"

namespace gmr::reporter {

struct Trigger {
  enum class Kind { kSignal, kApi, kFile, kWatchdog, kFatal };
  Kind kind = Kind::kApi;
  int64_t at_ns = 0;         // MonotonicNs()
  double wall_clock_ms = 0;  // Unix time

  // kSignal:
  std::string signal_name;
  int sender_pid = 0;
  unsigned sender_uid = 0;
  bool from_gmr_trigger = false;
  uint32_t coalesced = 1;
  // kFile:
  std::string path;
  // kWatchdog:
  int thread_id = 0;  // worker_threads.threadId
  std::string thread_name;
  double blocked_ms = 0;
  // kFatal:
  std::string error;  // masked
  // The heap of the main thread, which waits for the report and so cannot answer.
  std::optional<vm::HeapSample> heap;
};

// A trigger of that kind, as of now.
Trigger TriggeredNow(Trigger::Kind kind);

// In the shape of src/report/model.ts.
void WriteTrigger(JsonWriter& json, const Trigger& trigger);

// A description such as "SIGUSR2 from pid 71 uid 0" or "SIGUSR2 from gmr trigger, pid 71 uid 0".
std::string DescribeTrigger(const Trigger& trigger);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_TRIGGER_H_

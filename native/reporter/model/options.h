// Options: what src/options.ts has validated.
//
// Owns:        its strings.
// Threads:     copied to the reporter thread under the reporter's lock.
// Signal-safe: no.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_REPORTER_MODEL_OPTIONS_H_
#define GMR_NATIVE_REPORTER_MODEL_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../../image/green/green_threads.h"

namespace gmr::reporter {

struct WatchdogOptions {
  int64_t threshold_ms = 0;  // 0: off
  int64_t interval_ms = 0;
  int64_t max_reports_per_hour = 0;
  bool all_threads = false;

  bool operator==(const WatchdogOptions&) const = default;
};

struct GreenThreadOptions {
  bool enabled = true;
  // Of one thread at most, where it has to be paused: limits.max_ms.
  vm::GreenThreadLimits limits;
  // For reading the heaps of all threads while these run.
  int64_t max_analysis_ms = 3000;
  // Each heap is read as it is at one moment, for which its thread is paused.
  bool consistent = false;
};

struct Options {
  // Our own JavaScript: the folder, with its separator, and the files in it, the formatter's bundle first.
  std::string lib_folder;
  std::vector<std::string> lib_files;
  int max_frames = 200;
  int64_t interrupt_timeout_ms = 100;
  int64_t section_timeout_ms = 1000;
  int64_t report_timeout_ms = 10'000;
  GreenThreadOptions green_threads;
  std::string view_json = R"({"frameOrder":"innermost-first","frames":"folded"})";

  // Where reports go:
  std::string service_name;
  std::string log_dir;  // empty: stderr
  int64_t max_reports = 100;
  int64_t max_report_bytes = int64_t{16} << 20;
  int64_t keep_reports = 3;          // in memory
  std::string status_json = "null";  // for the status page, written unchanged

  // True when NODE_ENV is not "production": then nodemon's signal keeps its usual effect.
  bool development = false;

  // What asks for them, besides signals and calls:
  std::string watched_file;  // absolute; empty: none
  int64_t watch_interval_ms = 1000;
  WatchdogOptions watchdog;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_OPTIONS_H_

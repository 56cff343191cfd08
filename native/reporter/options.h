// Options: what src/options.ts has validated.
//
// Owns:        its strings.
// Threads:     copied to the reporter thread under the reporter's lock.
// Signal-safe: no.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_REPORTER_OPTIONS_H_
#define GMR_NATIVE_REPORTER_OPTIONS_H_

#include <cstdint>
#include <string>

#include "../v8/green_threads.h"

namespace gmr::reporter {

struct GreenThreadOptions {
  bool enabled = true;
  vm::GreenThreadLimits limits;
};

struct Options {
  std::string formatter_source;  // empty: only the C++ writer
  int max_frames = 200;
  int64_t interrupt_timeout_ms = 100;
  int64_t section_timeout_ms = 1000;
  int64_t report_timeout_ms = 10'000;
  GreenThreadOptions green_threads;
  std::string view_json = R"({"frameOrder":"innermost-first"})";
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OPTIONS_H_

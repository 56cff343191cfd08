// MemoryPlan: how much of the remaining memory a report may use.
//
// Owns:        its string.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    plain value, one per report.
//
// V8 ends the process when it cannot allocate memory. Therefore the plan is made from the limits of the
// process before the report begins, and leaves most of the remaining memory to the application.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_MEMORY_PLAN_H_
#define GMR_NATIVE_REPORTER_FORMATTER_MEMORY_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "../../process/headroom.h"
#include "../../v8/v8_compat.h"

namespace gmr::reporter {

enum class ReportExtent : uint8_t {
  kWhole,
  kEssential,  // the stacks as plain text: no isolate, no heap, no sections
  kBare,       // the threads and their states, without allocating anything
};

struct MemoryPlan {
  ReportExtent extent = ReportExtent::kWhole;
  std::string shortage;          // why the report is not a full one
  size_t max_stacks = SIZE_MAX;  // maximum number of threads whose stacks are captured
  int max_frames = 0;            // per stack; 0 means the limit from the options

  // True when memory is too short even for all stacks.
  bool is_thrifty() const { return max_frames > 0; }
  bool is_whole() const { return extent == ReportExtent::kWhole; }
};

// More than twice what a whole report takes, so that the application's threads can still allocate meanwhile:
// it uses 14 MB, and has private mappings of up to 67 MB. From Node 24 on, the 512 MB that V8 reserves for an
// isolate's code are writable, so they count against RLIMIT_DATA. Of address space, 900 MB were not always
// enough for Node 26.
inline constexpr int64_t kReportBytes = int64_t{64} << 20;
inline constexpr int64_t kReportDataBytes = int64_t{160} << 20;
inline constexpr int64_t kCodeDataBytes = vm::kReservesCodeAsData ? int64_t{512} << 20 : 0;
inline constexpr platform::MemoryNeed kIsolateNeed{.bytes = kReportBytes,
                                                   .data_bytes = kCodeDataBytes + kReportDataBytes,
                                                   .address_space_bytes = int64_t{1024} << 20};

// May throw std::bad_alloc.
MemoryPlan PlanMemory();

// The plan for another try after memory ran out.
MemoryPlan PlanAfterFailure();

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_MEMORY_PLAN_H_

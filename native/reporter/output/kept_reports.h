// KeptReports: the latest reports, in memory, where the same user can read them.
//
// Owns:        the files.
// Threads:     one at a time: the reporter thread, or the thread that formats while the former waits for it.
// Signal-safe: no.
// Lifetime:    one per process.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_KEPT_REPORTS_H_
#define GMR_NATIVE_REPORTER_OUTPUT_KEPT_REPORTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "../../os/memory_file.h"

namespace gmr::reporter {

// Limit for one report. src/autorun/reporter-link.ts has the same number.
inline constexpr size_t kMaxKeptBytes = size_t{4} << 20;
// Limit for all kept reports together.
inline constexpr size_t kMaxKeptBytesInAll = size_t{8} << 20;

class KeptReports {
 public:
  struct Entry {
    std::string report_id;
    double wall_clock_ms = 0;
    size_t bytes = 0;
    platform::MemoryFile file;
  };

  // Drops the oldest reports so that at most `max_reports` remain with this one. 0: keeps none.
  void Keep(const std::string& report_id, double wall_clock_ms, std::string_view text, size_t max_reports);
  // Forgets the oldest ones.
  void Limit(size_t max_reports);

  // Oldest first.
  const std::deque<Entry>& entries() const { return entries_; }
  // Why the last report was not kept; empty if it was, or none should be.
  const std::string& problem() const { return problem_; }

 private:
  std::string Add(const std::string& report_id, double wall_clock_ms, std::string_view text);

  std::deque<Entry> entries_;
  std::string problem_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_KEPT_REPORTS_H_

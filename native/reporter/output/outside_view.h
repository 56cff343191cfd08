// OutsideView: what other processes of the same user can see of this one without asking it.
//
// Owns:        the status page and the latest reports.
// Threads:     Keep() as KeptReports; otherwise the reporter thread.
// Signal-safe: no.
// Lifetime:    one per process.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_OUTSIDE_VIEW_H_
#define GMR_NATIVE_REPORTER_OUTPUT_OUTSIDE_VIEW_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../model/blocked_loop.h"
#include "../model/options.h"
#include "kept_reports.h"
#include "status_page.h"

namespace gmr::reporter {

class OutsideView {
 public:
  struct Answering {
    std::string signal;      // whose handler is installed; empty: none
    int main_epoll_fd = -1;  // what the main event loop waits on; -1 if it is unknown
  };

  // After ExamineOwnCalls().
  void Open() { page_.Open(); }
  // The options are new, or the signal.
  void SetOptions(const Options& options, Answering answering);
  // The event loops that the watchdog has found blocked; none when there is no watchdog.
  void SetBlocked(std::vector<BlockedLoop> blocked);
  void Keep(const std::string& report_id, double wall_clock_ms, std::string_view text);
  bool keeps_reports() const { return max_reports_ > 0; }

 private:
  void Refresh();
  std::string ToJson(std::string_view facts, size_t max_blocked) const;

  std::string facts_json_ = "null";
  Answering answering_;
  size_t max_reports_ = 0;
  std::vector<BlockedLoop> blocked_;
  KeptReports reports_;
  std::string problem_id_;  // of the report to which the problem of reports_ belongs
  StatusPage page_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_OUTSIDE_VIEW_H_

// Patrol: what the reporter thread looks at by itself, at intervals: the
// watched file and the watchdog.
//
// Owns:        the FileWatch and the Watchdog, while the options want them.
// Threads:     Configure() and Stop() on the main thread; the rest on the
//              reporter's.
// Signal-safe: no.
// Lifetime:    one per process, leaked with the reporter.
//
// With neither of them DueNs() is kNever, and the thread sleeps without a timeout.
#ifndef GMR_NATIVE_REPORTER_TRIGGERS_PATROL_H_
#define GMR_NATIVE_REPORTER_TRIGGERS_PATROL_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../../base/monitor.h"
#include "../../os/file_watch.h"
#include "../model/blocked_loop.h"
#include "../model/options.h"
#include "../model/trigger.h"
#include "watchdog.h"

namespace gmr::reporter {

class Patrol {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  struct Findings {
    std::vector<Trigger> triggers;
    std::vector<std::string> block_ends;  // JSON
    // The loops that are blocked now. Absent if the watchdog did not run in this round.
    std::optional<std::vector<BlockedLoop>> blocked;
  };

  // What is watched already, and still is, goes on without a gap. A new file
  // counts as it is now: what is done to it from here on is news.
  void Configure(const Options& options);
  void Stop() { Configure(Options{}); }

  // MonotonicNs() of the next Round().
  int64_t DueNs();
  // Looks at what is due.
  Findings Round();
  // Reports were made since Round(): that time is nobody's block.
  void Resume();

 private:
  struct Duties {
    std::shared_ptr<platform::FileWatch> file;
    int64_t file_interval_ns = 0;
    std::shared_ptr<Watchdog> watchdog;
    int64_t loops_interval_ns = 0;
  };

  Duties CopyDuties();
  int64_t FileDueNs(const Duties& duties) const;
  int64_t LoopsDueNs(const Duties& duties) const;
  void LookAtFile(const Duties& duties, Findings* findings);
  void LookAtLoops(const Duties& duties, Findings* findings);

  // Reporter thread only. When each was looked at; 0: never.
  int64_t file_at_ns_ = 0;
  int64_t loops_at_ns_ = 0;

  platform::Monitor monitor_;
  Duties duties_;  // guarded by monitor_
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_TRIGGERS_PATROL_H_

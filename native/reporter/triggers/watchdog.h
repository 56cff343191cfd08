// Watchdog: finds event loops that have not turned for too long.
//
// Owns:        one BlockDetector for each loop, and the times of its reports.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one for each setting of the options.
//
// Nothing runs on the loops: their turns are read from libuv's own counter, and
// the states of their threads from /proc. A worker that sleeps in Atomics.wait, as those of pools do, is not
// blocked; to know that, its stack is read from memory, once for each futex.
#ifndef GMR_NATIVE_REPORTER_TRIGGERS_WATCHDOG_H_
#define GMR_NATIVE_REPORTER_TRIGGERS_WATCHDOG_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "../../v8/isolate_registry.h"
#include "../model/blocked_loop.h"
#include "../model/options.h"
#include "../model/trigger.h"
#include "block_detector.h"

namespace gmr::reporter {

class Watchdog {
 public:
  struct Findings {
    // At most one, for the loop that is blocked for longest: its report shows all threads.
    std::optional<Trigger> trigger;
    // JSON of what src/addon/contract.ts calls BlockEnd, one for each block that ended.
    std::vector<std::string> ends;
    // All that are blocked now.
    std::vector<BlockedLoop> blocked;
  };

  explicit Watchdog(const WatchdogOptions& options) : options_(options) {}

  // `late`: this look comes much later than intended.
  Findings Look(bool late);
  // A report was made meanwhile.
  void Resume();

  const WatchdogOptions& options() const { return options_; }

 private:
  struct Watched {
    BlockDetector detector;
    bool reported = false;  // the block that is under way
    // The futex that the thread was seen to sleep on last, and whether that is Atomics.wait.
    uint64_t futex = 0;
    bool futex_is_wait = false;
  };

  Watched& Find(uint64_t id);
  BlockDetector::Verdict LookAt(const vm::LoopStatus& loop, bool late, Watched* watched);
  void Forget(const std::vector<vm::LoopStatus>& present);
  bool MayReport(int64_t now_ns);

  const WatchdogOptions options_;
  std::map<uint64_t, Watched> watched_;  // by the isolate's id
  std::deque<int64_t> reported_at_ns_;   // within the last hour
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_TRIGGERS_WATCHDOG_H_

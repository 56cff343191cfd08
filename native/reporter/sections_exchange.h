// SectionsExchange: asks the main event loop for the registered sections and
// collects what comes, each with a deadline of its own.
//
// Owns:        the request that is under way and its results.
// Threads:     Collect() on the reporter thread; Begin(), Started(), Done() and
//              Finished() on the main thread; SetSections() on the main thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked with the reporter: results may come late
//              and are then dropped by their request's id.
#ifndef GMR_NATIVE_REPORTER_SECTIONS_EXCHANGE_H_
#define GMR_NATIVE_REPORTER_SECTIONS_EXCHANGE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "../base/monitor.h"
#include "model/options.h"
#include "model/photograph.h"

namespace gmr::reporter {

class SectionsExchange {
 public:
  // Wakes the main loop so that it calls Begin(). False when it cannot be reached any more.
  using WakeMain = std::function<bool()>;

  struct Section {
    std::string title;
    int64_t timeout_ms = 0;  // 0: as the options say
  };

  // `always`: there is something to refresh even without a section. A request
  // that is under way ends: its indexes mean the earlier sections.
  void SetSections(std::vector<Section> sections, bool always, WakeMain wake_main);

  // Reporter thread. `main` is the main isolate's photo, or nullptr. Returns a
  // result for each title, and at `deadline_ns` at the latest.
  std::vector<SectionPhoto> Collect(const Options& options, const IsolatePhoto* main, int64_t deadline_ns,
                                    const std::function<bool()>& stop);

  // Main thread: which request is to be served, 0 when nobody waits any more.
  uint32_t Begin();
  void Started(uint32_t request, size_t index);
  void Done(uint32_t request, size_t index, std::string result_json);
  void Finished(uint32_t request);

  // Lets Collect() look at `stop` again.
  void NotifyWaiters();

 private:
  struct Item {
    std::string title;
    int64_t timeout_ns = 0;
    std::string result_json;    // empty: none yet
    int64_t started_at_ns = 0;  // 0: not yet

    bool IsLate(int64_t now_ns) const { return started_at_ns != 0 && now_ns >= started_at_ns + timeout_ns; }
  };

  SectionPhoto ToPhoto(const Item& item, const std::string& reason) const;
  bool AllSettled() const;
  std::string WhyNotBegun(const IsolatePhoto* main) const;

  platform::Monitor monitor_;
  // Guarded by monitor_:
  std::vector<Section> sections_;
  bool always_ = false;
  WakeMain wake_main_;
  uint32_t request_ = 0;  // 0: none under way
  uint32_t last_request_ = 0;
  bool begun_ = false;
  bool finished_ = false;
  bool changed_ = false;  // the titles, while the request was under way
  int64_t last_progress_ns_ = 0;
  std::vector<Item> items_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_SECTIONS_EXCHANGE_H_

// Observer: reads the heaps of several isolates again and again, as a report does, and tallies what it finds.
//
// Owns:        a thread, from Start() to Stop(), and what was found.
// Threads:     Enter() on each isolate's own thread, Start() and Stop() on one thread.
// Signal-safe: no.
// Lifetime:    of the process; isolates that entered must live until Stop().
#ifndef GMR_TEST_NATIVE_TRUTH_OBSERVER_H_
#define GMR_TEST_NATIVE_TRUTH_OBSERVER_H_

#include <node.h>
#include <v8.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../../../native/base/helper_thread.h"
#include "../../../native/base/monitor.h"
#include "../../../native/reporter/capture/unpaused_scan.h"
#include "../../../native/v8/interrupt_capture.h"
#include "../../../native/v8/isolate_registry.h"
#include "tally.h"
#include "wraps.h"

namespace gmr::test {

// An isolate, and what it writes about its chains.
struct Watched {
  platform::Address heap;
  // Of the look that is being prepared, or taken.
  Words before;
  bool is_prepared = false;
  vm::IsolateStatus status;
  node::Environment* environment = nullptr;
  const int32_t* words = nullptr;
  size_t count = 0;
  std::unique_ptr<Tally> tally;
};

struct Plan {
  uint32_t max_groups = 50;
  int max_ms = 1000;
  int pause_every = 100;   // one reading in so many pauses the thread; 0: only where none is accepted
  uint64_t max_scans = 0;  // 0: until Stop()
  bool may_split = false;
  bool with_labels = true;
};

// Every look that is accepted is tallied, also if the product would take another one after it.
class Observer final : public LookListener {
 public:
  // "": entered. Otherwise the reason why it cannot be watched.
  std::string Enter(v8::Isolate* isolate, const int32_t* words, size_t count, size_t lasting);
  // False: no thread.
  bool Start(const Plan& plan);
  void Stop();
  bool is_done() const { return done_; }
  std::string ToText(size_t number) const { return watched_[number].tally->ToText(); }
  size_t size() const { return watched_.size(); }

  void OnPrepare(platform::Address isolate, platform::Address heap) override;
  void OnCapture(platform::Address heap) override;
  void OnTake(const vm::GreenThreads& found) override;

 private:
  void Run();
  void Round(uint64_t number);
  void Pause(Watched* watched);
  Watched* Find(platform::Address heap);

  platform::Monitor monitor_;
  std::vector<Watched> watched_;
  Watched* looked_at_ = nullptr;
  const reporter::UnpausedScan* scan_ = nullptr;
  vm::GreenThreadsQuestion question_;
  Plan plan_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  platform::HelperThread thread_;
};

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_TRUTH_OBSERVER_H_

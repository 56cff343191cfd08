#include "parked_thread.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "../../../native/base/clock.h"
#include "../../../native/os/park_handler.h"
#include "../../../native/os/park_signal.h"
#include "../../../native/process/threads/passive_probe.h"

namespace gmr::test {

using platform::MonotonicNs;
using platform::PlaceState;

namespace {

constexpr int kLooksWhileHeld = 10;

class Spinner {
 public:
  Spinner() : thread_([this] { Spin(); }) {
    while (tid_ == 0) std::this_thread::yield();
  }
  ~Spinner() {
    stop_ = true;
    thread_.join();
  }
  Spinner(const Spinner&) = delete;
  Spinner& operator=(const Spinner&) = delete;

  int tid() const { return tid_; }
  int64_t last_step_ns() const { return last_step_ns_; }

 private:
  void Spin() {
    tid_ = static_cast<int>(syscall(SYS_gettid));
    while (!stop_) last_step_ns_ = MonotonicNs();
  }

  std::atomic<int> tid_{0};
  std::atomic<int64_t> last_step_ns_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

bool IsToldAsBlocked(const Spinner& spinner) {
  return platform::ReadThreadPlace(spinner.tid()).state == PlaceState::kBlocked;
}

void WatchOnce(int signal_number, const Spinner& spinner, ParkedPlaces* places) {
  platform::Registers registers;
  const int64_t deadline_ns = MonotonicNs() + platform::kMaxParkedNs;
  const auto outcome = platform::ParkThread(signal_number, spinner.tid(), deadline_ns, &registers);
  if (outcome != platform::ParkOutcome::kParked) return;
  ++places->parked;
  for (int i = 0; i < kLooksWhileHeld; ++i) places->blocked_while_held += IsToldAsBlocked(spinner) ? 1 : 0;
  platform::ReleaseThread();
  const int64_t released_ns = MonotonicNs();
  while (spinner.last_step_ns() < released_ns) {
    if (MonotonicNs() - released_ns > platform::kMaxParkedNs / 2) return;
    places->blocked_after += IsToldAsBlocked(spinner) ? 1 : 0;
  }
  ++places->went_on;
}

}  // namespace

ParkedPlaces WatchParkedThread(int times) {
  ParkedPlaces places;
  const auto number = platform::ParkSignalNumber();
  if (!number.ok()) return places;
  const Spinner spinner;
  for (int i = 0; i < times; ++i) WatchOnce(number.value(), spinner, &places);
  return places;
}

}  // namespace gmr::test

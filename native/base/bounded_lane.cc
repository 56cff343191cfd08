#include "bounded_lane.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "memory_guard.h"
#include "thread_name.h"
#include "thread_start.h"

namespace gmr::platform {

namespace {

constexpr int64_t kAskStopEveryNs = 20 * kNsPerMs;
constexpr size_t kStackBytes = size_t{256} << 10;

}  // namespace

struct BoundedLane::Run {
  BoundedLane* lane;
  std::function<void()> work;
};

void* BoundedLane::RunWork(void* raw) {
  std::unique_ptr<Run> run(static_cast<Run*>(raw));
  BoundedLane* const lane = run->lane;
  NameThisThread(lane->name_);
  // The work records what it has done; when memory runs out, the rest counts as not done.
  WithinMemory(run->work);
  run = nullptr;  // destroys what the work owned before the next work may start
  {
    const Monitor::Lock lock(lane->monitor_);
    lane->busy_ = false;
  }
  lane->monitor_.NotifyAll();
  return nullptr;
}

BoundedLane::Started BoundedLane::Start(std::function<void()> work) {
  // Allocated before the lane is taken, so that the lane stays free when memory runs out here.
  auto run = std::make_unique<Run>(Run{this, std::move(work)});
  {
    const Monitor::Lock lock(monitor_);
    if (busy_) return Started::kBusy;
    busy_ = true;
  }
  if (StartDetachedThread(kStackBytes, &RunWork, run.get()) == 0) {
    (void)run.release();  // NOLINT(bugprone-unused-return-value): the thread owns it
    return Started::kYes;
  }
  const Monitor::Lock lock(monitor_);
  busy_ = false;
  return Started::kNoThread;
}

bool BoundedLane::Wait(int64_t deadline_ns, const StopCondition& stop) {
  for (;;) {
    const int64_t until_ns = std::min(deadline_ns, MonotonicNs() + kAskStopEveryNs);
    {
      Monitor::Lock lock(monitor_);
      if (lock.WaitUntil(until_ns, [this] { return !busy_; })) return true;
    }
    if (MonotonicNs() >= deadline_ns || stop()) return false;
  }
}

}  // namespace gmr::platform

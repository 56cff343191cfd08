#include "formatter_thread.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "bare_isolate.h"

namespace gmr::reporter {

namespace {

using platform::MonotonicNs;

// Between two looks at whether the process exits, which waits for the isolate.
constexpr int64_t kLookEveryNs = 10 * platform::kNsPerMs;
constexpr const char* kMemoryRanOut = "memory ran out";

}  // namespace

FormatterThread::FormatterThread(FormatterJob job, ExitGate* gate) : job_(std::move(job)), gate_(gate) {
  job_.await_photograph = [this] { return AwaitPhotograph(); };
}

void FormatterThread::Begin() {
  begun_ = thread_.Start(
      "gmr-formatter", [this] { failure_ = Format(job_, gate_); }, kBareIsolateStackBytes);
}

bool FormatterThread::AwaitPhotograph() {
  platform::Monitor::Lock lock(monitor_);
  while (!gate_->ended() && MonotonicNs() < job_.deadline_ns) {
    const int64_t until_ns = std::min(job_.deadline_ns, MonotonicNs() + kLookEveryNs);
    if (lock.WaitUntil(until_ns, [this] { return complete_ || abandoned_; })) return complete_;
  }
  return false;
}

FormatterThread::~FormatterThread() {
  {
    const platform::Monitor::Lock lock(monitor_);
    abandoned_ = !complete_;
  }
  monitor_.NotifyAll();
}

std::string FormatterThread::Finish() {
  {
    const platform::Monitor::Lock lock(monitor_);
    complete_ = true;
  }
  monitor_.NotifyAll();
  if (!begun_) return Format(job_, gate_);
  thread_.Join();
  return thread_.ran_out_of_memory() ? kMemoryRanOut : failure_;
}

}  // namespace gmr::reporter

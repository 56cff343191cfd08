#include "exit_gate.h"

#include <algorithm>

#include "../../base/clock.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// How long an exit waits for a report in progress, so that kill -USR2 just before an exit still prints one.
// The time that remains until the deadline is for disposing of an isolate whose script was terminated, which
// takes about 10 ms.
constexpr int64_t kReportGraceNs = 60 * kNsPerMs;

}  // namespace

bool ExitGate::ended() {
  const platform::Monitor::Lock lock(monitor_);
  return ended_;
}

bool ExitGate::Enter() {
  const platform::Monitor::Lock lock(monitor_);
  if (ended_) return false;
  ++inside_;
  return true;
}

bool ExitGate::Publish(v8::Isolate* isolate) {
  const platform::Monitor::Lock lock(monitor_);
  running_.push_back(isolate);
  return !ended_;
}

void ExitGate::Withdraw(v8::Isolate* isolate) {
  const platform::Monitor::Lock lock(monitor_);
  std::erase(running_, isolate);
}

void ExitGate::Leave() {
  {
    const platform::Monitor::Lock lock(monitor_);
    --inside_;
  }
  monitor_.NotifyAll();
}

void ExitGate::BeginReport() {
  const platform::Monitor::Lock lock(monitor_);
  reporting_ = true;
}

void ExitGate::EndReport() {
  {
    const platform::Monitor::Lock lock(monitor_);
    reporting_ = false;
  }
  monitor_.NotifyAll();
}

void ExitGate::Terminate(v8::Isolate* isolate) {
  const platform::Monitor::Lock lock(monitor_);
  if (std::find(running_.begin(), running_.end(), isolate) != running_.end()) isolate->TerminateExecution();
}

bool ExitGate::Close(int64_t deadline_ns, void (*on_closing)()) {
  if (!closing_.exchange(true)) on_closing();  // wakes the reporter from its waits
  platform::Monitor::Lock lock(monitor_);
  const int64_t grace_end_ns = std::min(deadline_ns, MonotonicNs() + kReportGraceNs);
  lock.WaitUntil(grace_end_ns, [this] { return ended_ || (!reporting_ && inside_ == 0); });
  ended_ = true;
  for (v8::Isolate* isolate : running_) isolate->TerminateExecution();
  return lock.WaitUntil(deadline_ns, [this] { return inside_ == 0; });
}

}  // namespace gmr::reporter

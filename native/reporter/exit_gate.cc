#include "exit_gate.h"

#include "../platform/clock.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// For a report to come out: kill -USR2 just before an exit still prints.
constexpr int64_t kReportGraceNs = 150 * kNsPerMs;
// For an isolate that was told to end: some 10 ms of work. Node aborts when it is still there (the destructor
// of PerIsolatePlatformData, Node 20 to 26), and a thread at low priority beside busy ones got no CPU for 350
// ms.
constexpr int64_t kDisposeGraceNs = 5000 * kNsPerMs;

}  // namespace

bool ExitGate::Enter() {
  const platform::Monitor::Lock lock(monitor_);
  if (ended_) return false;
  inside_ = true;
  return true;
}

bool ExitGate::Publish(v8::Isolate* isolate) {
  const platform::Monitor::Lock lock(monitor_);
  running_ = isolate;
  return !ended_;
}

void ExitGate::Withdraw() {
  const platform::Monitor::Lock lock(monitor_);
  running_ = nullptr;
}

void ExitGate::Leave() {
  {
    const platform::Monitor::Lock lock(monitor_);
    inside_ = false;
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

void ExitGate::Terminate() {
  const platform::Monitor::Lock lock(monitor_);
  if (running_ != nullptr) running_->TerminateExecution();
}

void ExitGate::Close(void (*on_closing)()) {
  closing_.store(true);
  on_closing();  // ends the waits of the reporter
  platform::Monitor::Lock lock(monitor_);
  lock.WaitUntil(MonotonicNs() + kReportGraceNs, [this] { return !reporting_ && !inside_; });
  ended_ = true;
  if (running_ != nullptr) running_->TerminateExecution();
  lock.WaitUntil(MonotonicNs() + kDisposeGraceNs, [this] { return !inside_; });
}

void ExitGate::Reopen() {
  const platform::Monitor::Lock lock(monitor_);
  ended_ = false;
  closing_.store(false);
}

}  // namespace gmr::reporter

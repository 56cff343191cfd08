#include "exit_gate.h"

#include <algorithm>

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

void ExitGate::Close(void (*on_closing)()) {
  closing_.store(true);
  on_closing();  // ends the waits of the reporter
  platform::Monitor::Lock lock(monitor_);
  lock.WaitUntil(MonotonicNs() + kReportGraceNs, [this] { return !reporting_ && inside_ == 0; });
  ended_ = true;
  for (v8::Isolate* isolate : running_) isolate->TerminateExecution();
  lock.WaitUntil(MonotonicNs() + kDisposeGraceNs, [this] { return inside_ == 0; });
}

void ExitGate::Reopen() {
  const platform::Monitor::Lock lock(monitor_);
  ended_ = false;
  closing_.store(false);
}

}  // namespace gmr::reporter

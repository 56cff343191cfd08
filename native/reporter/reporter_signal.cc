// The part of Reporter that handles the signal: it installs the handler, and distinguishes requests for a
// report from signals that keep their usual effect.

#include <uv.h>

#include <utility>

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "../os/signal_handler.h"
#include "output/delivery.h"
#include "reporter.h"

namespace gmr::reporter {

namespace {

using platform::MonotonicNs;

Trigger FromSignal(const platform::SignalEvent& event, std::string signal_name) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kSignal;
  trigger.signal_name = std::move(signal_name);
  trigger.sender_pid = event.sender_pid;
  trigger.sender_uid = event.sender_uid;
  trigger.from_gmr_trigger = event.from_gmr_trigger;
  trigger.coalesced = event.count;
  // 0: the signal came between the handler's two stores and TakeSignal().
  const int64_t now_ns = MonotonicNs();
  trigger.at_ns = event.first_at_ns != 0 ? event.first_at_ns : now_ns;
  trigger.wall_clock_ms = platform::WallClockMs() - platform::MsBetween(trigger.at_ns, now_ns);
  return trigger;
}

}  // namespace

platform::Result<bool> Reporter::InstallSignal(int number, const std::string& name) {
  // Removing the handler first would leave a moment in which the signal ends the process.
  const bool installed_before = number == action_.number();
  if (installed_before && action_.IsInPlace()) return true;
  if (!installed_before) RemoveSignal();
  action_.NoteEarlier(number);
  if (const auto held = hold_.Hold(number); !held.ok()) return held;
  platform::BlockOnThisThread(number);
  const auto* const in_libuv = reinterpret_cast<const void*>(&uv_signal_start);
  if (const auto installed = action_.Install(number, wake_.handle(), in_libuv); !installed.ok()) {
    platform::UnblockOnThisThread(number);
    hold_.Release();
    return installed;
  }
  {
    const platform::Monitor::Lock lock(monitor_);
    facts_.signal_name = name;
  }
  signal_number_.store(number);
  AskForNodemon();
  return true;
}

// Also has the reporter thread unblock the signal.
void Reporter::AskForNodemon() {
  platform::Monitor::Lock lock(monitor_);
  nodemon_wanted_ = true;
  wake_.Wake();
  AwaitOwnFiles(lock);
}

void Reporter::RemoveSignal() {
  const int number = action_.number();
  if (number == 0) return;
  action_.Remove();
  hold_.Release();
  action_.RestoreEarlier(number);
  signal_number_.store(0);
  platform::UnblockOnThisThread(number);
  wake_.Wake();
}

void Reporter::BlockSignalHere() {
  if (const int number = signal_number_.load(); number != 0) platform::BlockOnThisThread(number);
}

void Reporter::SetSignalListeners(bool present, bool called) {
  has_listeners_.store(present);
  calls_listeners_.store(called);
  platform::CallListenersFromHandler(called);
}

void Reporter::LookForNodemon() {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!nodemon_wanted_) return;
  }
  platform::WithinMemory([this] { nodemon_.Find(); });
  {
    const platform::Monitor::Lock lock(monitor_);
    nodemon_wanted_ = false;
  }
  monitor_.NotifyAll();
  const Facts facts = CopyFacts();
  if (facts.options.development || !nodemon_.RestartsWith(facts.signal_name)) return;
  Notify("GMR_NODEMON: nodemon restarts with " + facts.signal_name +
         ", which prints a report here and ends nothing, because NODE_ENV is production; start it with "
         "'nodemon --signal SIGTERM', or set GMR_SIGNAL=none");
}

void Reporter::ServeSignal(const platform::SignalEvent& event) {
  bool from_nodemon = false;
  // The sender is read first, because it may end at any moment. If memory is too short for that, the signal
  // counts as a request.
  platform::WithinMemory([&] {
    from_nodemon =
        CopyFacts().options.development && !event.from_gmr_trigger && nodemon_.IsSender(event.sender_pid);
  });
  if (from_nodemon) return LeaveToApplication();
  Report(FromSignal(event, SignalName()));
}

// The effect without gmr-native: the listeners are called, or the process ends.
void Reporter::LeaveToApplication() {
  const int number = signal_number_.load();
  if (number == 0) return;
  if (!has_listeners_.load()) {
    platform::RaiseWithDefaultAction(number);
  } else if (!calls_listeners_.load()) {
    platform::BlockOnThisThread(number);
    platform::CallListenersNow(number);
    platform::UnblockOnThisThread(number);
  }
}

void Reporter::Say(std::string text, bool unless_under_nodemon) {
  {
    const platform::Monitor::Lock lock(monitor_);
    lines_.push_back({std::move(text), unless_under_nodemon});
  }
  wake_.Wake();
}

void Reporter::SayAll() {
  std::vector<Line> lines;
  bool development = false;
  {
    const platform::Monitor::Lock lock(monitor_);
    lines.swap(lines_);
    development = facts_.options.development;
  }
  for (const Line& line : lines) {
    if (!(line.unless_under_nodemon && development && nodemon_.found())) Notify(line.text);
  }
}

}  // namespace gmr::reporter

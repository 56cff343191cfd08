#include "watchdog.h"

#include <algorithm>
#include <set>

#include "../platform/clock.h"
#include "../platform/thread_activity.h"
#include "delivery.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

constexpr int64_t kHourNs = 3600 * platform::kNsPerSecond;

// Asleep in its own loop's epoll. A synchronous child process waits in epoll as
// well, on a loop of its own. Where the kernel does not tell, a thread that
// sleeps passes for idle: better no report than a false one.
bool IsIdle(const vm::LoopStatus& loop, const platform::ThreadActivity& activity) {
  if (activity.state != 'S') return false;
  return !activity.knows_syscall || (activity.in_epoll && activity.epoll_fd == loop.epoll_fd);
}

LoopLook LookAt(const vm::LoopStatus& loop, const platform::ThreadActivity& activity, bool late) {
  LoopLook look;
  look.at_ns = MonotonicNs();
  look.late = late;
  look.turns = loop.turns;
  look.stalled_ns = static_cast<int64_t>(loop.stalled_ms * kNsPerMs);
  look.idle = IsIdle(loop, activity);
  look.runnable = activity.runnable();
  look.stopped = activity.stopped();
  look.cpu_ns = activity.cpu_ns;
  look.delay_ns = activity.delay_ns;
  return look;
}

std::string EndJson(const vm::LoopStatus& loop, const BlockDetector& detector, bool reported) {
  const double began_ms = platform::WallClockMs() - platform::MsBetween(detector.begin_ns(), MonotonicNs());
  JsonWriter json;
  json.BeginObject().Key("kind").String("block-end").Key("threadId").Integer(loop.identity.thread_id);
  json.Key("threadName").String(loop.identity.is_main ? "main" : loop.identity.name);
  json.Key("blockedMs").Number(static_cast<double>(detector.blocked_ns()) / kNsPerMs);
  json.Key("beganAtMs").Number(began_ms).Key("reported").Bool(reported).EndObject();
  return json.Take();
}

Trigger BlockTrigger(const vm::LoopStatus& loop, const BlockDetector& detector) {
  Trigger trigger = TriggeredNow(Trigger::Kind::kWatchdog);
  trigger.thread_id = loop.identity.thread_id;
  trigger.thread_name = loop.identity.is_main ? "main" : loop.identity.name;
  trigger.blocked_ms = static_cast<double>(detector.blocked_ns()) / kNsPerMs;
  return trigger;
}

}  // namespace

Watchdog::Watched& Watchdog::Find(uint64_t id) {
  const BlockDetector fresh(options_.threshold_ms * kNsPerMs);
  return watched_.try_emplace(id, Watched{fresh}).first->second;
}

void Watchdog::Forget(const std::vector<vm::LoopStatus>& present) {
  if (watched_.size() <= present.size()) return;
  std::set<uint64_t> ids;
  for (const vm::LoopStatus& loop : present) ids.insert(loop.id);
  std::erase_if(watched_, [&](const auto& entry) { return ids.count(entry.first) == 0; });
}

bool Watchdog::MayReport(int64_t now_ns) {
  while (!reported_at_ns_.empty() && reported_at_ns_.front() <= now_ns - kHourNs) reported_at_ns_.pop_front();
  return static_cast<int64_t>(reported_at_ns_.size()) < options_.max_reports_per_hour;
}

Watchdog::Findings Watchdog::Look(bool late) {
  Findings findings;
  const auto loops = vm::IsolateRegistry::Get().Loops();
  std::vector<Watched*> blocked;
  for (const vm::LoopStatus& loop : loops) {
    if (!loop.identity.is_main && !options_.all_threads) continue;
    const auto activity = platform::ReadThreadActivity(loop.tid);
    if (!activity.ok()) continue;
    Watched& watched = Find(loop.id);
    const BlockDetector::Verdict verdict = watched.detector.Look(LookAt(loop, activity.value(), late));
    if (verdict == BlockDetector::Verdict::kEnded) {
      findings.ends.push_back(EndJson(loop, watched.detector, watched.reported));
      watched.reported = false;
    }
    if (verdict != BlockDetector::Verdict::kBlocked) continue;
    blocked.push_back(&watched);
    const Trigger trigger = BlockTrigger(loop, watched.detector);
    if (!findings.trigger || trigger.blocked_ms > findings.trigger->blocked_ms) findings.trigger = trigger;
  }
  Forget(loops);
  if (!findings.trigger) return findings;
  if (!MayReport(findings.trigger->at_ns)) {
    Notify(DescribeTrigger(*findings.trigger) + "; no report, because there were " +
           std::to_string(reported_at_ns_.size()) + " in the last hour");
    findings.trigger.reset();
    return findings;
  }
  reported_at_ns_.push_back(findings.trigger->at_ns);
  for (Watched* watched : blocked) watched->reported = true;
  return findings;
}

void Watchdog::Resume() {
  const int64_t now_ns = MonotonicNs();
  for (auto& [id, watched] : watched_) watched.detector.Resume(now_ns);
}

}  // namespace gmr::reporter

#include "watchdog.h"

#include <algorithm>
#include <set>

#include "../../base/clock.h"
#include "../../process/threads/thread_activity.h"
#include "../../v8/layout_loader.h"
#include "../capture/atomics_wait.h"
#include "../capture/lazy_reader.h"
#include "../output/delivery.h"

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

LoopLook ToLook(const vm::LoopStatus& loop, const platform::ThreadActivity& activity, bool late) {
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

bool IsInAtomicsWait(const vm::LoopStatus& loop) {
  vm::BeginLoadingLayout();
  LazyReader reader(vm::StackReader::Memory::kLittle);
  return AtomicsWait::Get().Has({loop.tid, loop.isolate},
                                [&reader]() -> vm::StackReader& { return reader.Get(); });
}

std::string NameOf(const vm::LoopStatus& loop) { return loop.identity.is_main ? "main" : loop.identity.name; }

std::string EndJson(const vm::LoopStatus& loop, const BlockDetector& detector, bool reported) {
  const double began_ms = platform::WallClockMs() - platform::MsBetween(detector.begin_ns(), MonotonicNs());
  JsonWriter json;
  json.BeginObject().Key("kind").String("block-end").Key("threadId").Integer(loop.identity.thread_id);
  json.Key("threadName").String(NameOf(loop));
  json.Key("blockedMs").Number(static_cast<double>(detector.blocked_ns()) / kNsPerMs);
  json.Key("beganAtMs").Number(began_ms).Key("reported").Bool(reported).EndObject();
  return json.Take();
}

Trigger BlockTrigger(const vm::LoopStatus& loop, const BlockDetector& detector) {
  Trigger trigger = TriggeredNow(Trigger::Kind::kWatchdog);
  trigger.thread_id = loop.identity.thread_id;
  trigger.thread_name = NameOf(loop);
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

BlockDetector::Verdict Watchdog::LookAt(const vm::LoopStatus& loop, bool late, Watched* watched) {
  const auto activity = platform::ReadThreadActivity(loop.tid);
  if (!activity.ok()) return BlockDetector::Verdict::kNothing;
  LoopLook look = ToLook(loop, activity.value(), late);
  const uint64_t futex = loop.identity.is_main ? 0 : activity.value().futex;
  if (futex != 0) {
    if (futex != watched->futex) {
      watched->futex_is_wait = AtomicsWait::Get().Knows(loop.isolate, futex) || IsInAtomicsWait(loop);
    }
    watched->futex = futex;
    look.idle = watched->futex_is_wait;
  }
  const BlockDetector::Verdict verdict = watched->detector.Look(look);
  // The first time, its stack may not have been readable.
  if (verdict != BlockDetector::Verdict::kBlocked || futex == 0 || !IsInAtomicsWait(loop)) return verdict;
  watched->futex_is_wait = true;
  watched->detector.Dismiss();
  return BlockDetector::Verdict::kNothing;
}

Watchdog::Findings Watchdog::Look(bool late) {
  Findings findings;
  const auto loops = vm::IsolateRegistry::Get().Loops();
  std::vector<Watched*> blocked;
  for (const vm::LoopStatus& loop : loops) {
    if (!loop.identity.is_main && !options_.all_threads) continue;
    Watched& watched = Find(loop.id);
    const BlockDetector::Verdict verdict = LookAt(loop, late, &watched);
    if (verdict == BlockDetector::Verdict::kEnded) {
      findings.ends.push_back(EndJson(loop, watched.detector, watched.reported));
      watched.reported = false;
    }
    if (watched.detector.is_blocked()) {
      findings.blocked.push_back({loop.identity.thread_id, NameOf(loop), watched.detector.begin_ns()});
    }
    if (verdict != BlockDetector::Verdict::kBlocked) continue;
    blocked.push_back(&watched);
    const Trigger trigger = BlockTrigger(loop, watched.detector);
    if (!findings.trigger || trigger.blocked_ms > findings.trigger->blocked_ms) findings.trigger = trigger;
  }
  Forget(loops);
  if (!findings.trigger) return findings;
  if (!MayReport(findings.trigger->at_ns)) {
    Notify(DescribeTrigger(*findings.trigger) + "; no report: " + std::to_string(reported_at_ns_.size()) +
           " in the last hour, which is maxReportsPerHour");
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

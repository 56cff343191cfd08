#include "patrol.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "../output/delivery.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// A sleep may last this much longer than intended before the time does not count.
constexpr int64_t kUsualDelayNs = 20 * kNsPerMs;

}  // namespace

void Patrol::Configure(const Options& options) {
  const platform::Monitor::Lock lock(monitor_);
  if (options.watched_file.empty()) {
    duties_.file = nullptr;
  } else if (duties_.file == nullptr || duties_.file->path() != options.watched_file) {
    duties_.file = std::make_shared<platform::FileWatch>(options.watched_file);
  }
  duties_.file_interval_ns = options.watch_interval_ms * kNsPerMs;
  if (options.watchdog.threshold_ms == 0) {
    duties_.watchdog = nullptr;
  } else if (duties_.watchdog == nullptr || !(duties_.watchdog->options() == options.watchdog)) {
    duties_.watchdog = std::make_shared<Watchdog>(options.watchdog);
  }
  duties_.loops_interval_ns = options.watchdog.interval_ms * kNsPerMs;
}

Patrol::Duties Patrol::CopyDuties() {
  const platform::Monitor::Lock lock(monitor_);
  return duties_;
}

int64_t Patrol::FileDueNs(const Duties& duties) const {
  if (duties.file == nullptr) return kNever;
  return file_at_ns_ == 0 ? 0 : file_at_ns_ + duties.file_interval_ns;
}

int64_t Patrol::LoopsDueNs(const Duties& duties) const {
  if (duties.watchdog == nullptr) return kNever;
  return loops_at_ns_ == 0 ? 0 : loops_at_ns_ + duties.loops_interval_ns;
}

int64_t Patrol::DueNs() {
  const Duties duties = CopyDuties();
  return std::min(FileDueNs(duties), LoopsDueNs(duties));
}

void Patrol::LookAtFile(const Duties& duties, Findings* findings) {
  const auto touched = duties.file->Look();
  if (!touched.ok()) {
    Notify("GMR_FILE_TRIGGER_FAILED: the file trigger cannot examine " + duties.file->path() + " (" +
           touched.error().ToString() + ") and keeps trying");
  } else if (touched.value()) {
    Trigger& trigger = findings->triggers.emplace_back(TriggeredNow(Trigger::Kind::kFile));
    trigger.path = duties.file->path();
  }
  if (duties.file->IsNewlyShared()) {
    Notify("GMR_FILE_TRIGGER_SHARED: every user of this system may touch or replace " + duties.file->path() +
           ", and thereby request reports; watch a file in a folder that only trusted users may write to");
  }
}

void Patrol::LookAtLoops(const Duties& duties, Findings* findings) {
  const int64_t allowed_ns = std::max(duties.loops_interval_ns / 4, kUsualDelayNs);
  const bool late = MonotonicNs() > LoopsDueNs(duties) + allowed_ns;
  Watchdog::Findings found = duties.watchdog->Look(late);
  if (found.trigger) findings->triggers.push_back(std::move(*found.trigger));
  findings->block_ends = std::move(found.ends);
  findings->blocked = std::move(found.blocked);
}

Patrol::Findings Patrol::Round() {
  const Duties duties = CopyDuties();
  Findings findings;
  if (MonotonicNs() >= FileDueNs(duties)) {
    LookAtFile(duties, &findings);
    file_at_ns_ = MonotonicNs();
  }
  if (MonotonicNs() >= LoopsDueNs(duties)) {
    LookAtLoops(duties, &findings);
    loops_at_ns_ = MonotonicNs();
  }
  // A block that is under way when the watchdog is turned off has no end that anybody would see.
  if (duties.watchdog == nullptr) findings.blocked.emplace();
  return findings;
}

void Patrol::Resume() {
  const Duties duties = CopyDuties();
  if (duties.watchdog == nullptr) return;
  duties.watchdog->Resume();
  loops_at_ns_ = MonotonicNs();
}

}  // namespace gmr::reporter

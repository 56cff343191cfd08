#include "sections_exchange.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "../base/clock.h"
#include "model/json_writer.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// How long a loop that is known to be blocked may take to turn after all: it
// has been asked, and the rest of the report waits for it.
constexpr int64_t kBlockedPatienceNs = 2 * kNsPerMs;
// Between two looks at the deadlines of sections that are under way.
constexpr int64_t kLookEveryNs = 5 * kNsPerMs;

std::string Result(const char* status, const std::string& reason) {
  JsonWriter json;
  json.BeginObject().Key("status").String(status).Key("reason").String(reason).EndObject();
  return json.Take();
}

std::string NoResult(int64_t waited_ns) {
  char text[80];
  std::snprintf(text, sizeof text, "no result within %.0f ms", static_cast<double>(waited_ns) / kNsPerMs);
  return Result("timed-out", text);
}

bool TurnsSoon(const IsolatePhoto* main) {
  return main != nullptr && (main->state == IsolateState::kIdle || main->state == IsolateState::kRunning);
}

}  // namespace

void SectionsExchange::SetSections(std::vector<Section> sections, bool always, WakeMain wake_main) {
  {
    const platform::Monitor::Lock lock(monitor_);
    sections_ = std::move(sections);
    always_ = always;
    wake_main_ = std::move(wake_main);
    if (request_ != 0) changed_ = begun_ = finished_ = true;
    request_ = 0;
  }
  monitor_.NotifyAll();
}

uint32_t SectionsExchange::Begin() {
  uint32_t request = 0;
  {
    const platform::Monitor::Lock lock(monitor_);
    request = begun_ ? 0 : request_;
    begun_ = begun_ || request_ != 0;
    last_progress_ns_ = MonotonicNs();
  }
  monitor_.NotifyAll();
  return request;
}

void SectionsExchange::Started(uint32_t request, size_t index) {
  const platform::Monitor::Lock lock(monitor_);
  if (request != request_ || request == 0 || index >= items_.size()) return;
  items_[index].started_at_ns = last_progress_ns_ = MonotonicNs();
}

void SectionsExchange::Done(uint32_t request, size_t index, std::string result_json) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (request != request_ || request == 0 || index >= items_.size()) return;
    last_progress_ns_ = MonotonicNs();
    Item& item = items_[index];
    // Other sections may have more time and be waited for; that is no reason to take a late result.
    item.result_json = item.IsLate(last_progress_ns_) ? NoResult(item.timeout_ns) : std::move(result_json);
  }
  monitor_.NotifyAll();
}

void SectionsExchange::Finished(uint32_t request) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (request == request_ && request != 0) finished_ = true;
  }
  monitor_.NotifyAll();
}

void SectionsExchange::NotifyWaiters() { monitor_.NotifyAll(); }

// True when nothing is worth waiting for: each section has a result or is past
// its own deadline. One that was not started yet waits for the one that hogs
// the loop, and is lost with it.
bool SectionsExchange::AllSettled() const {
  if (finished_) return true;
  const int64_t now_ns = MonotonicNs();
  bool all_started = !items_.empty();
  int64_t longest_ns = 0;
  for (const Item& item : items_) {
    if (!item.result_json.empty()) continue;
    longest_ns = std::max(longest_ns, item.timeout_ns);
    if (item.started_at_ns == 0) all_started = false;
    if (item.started_at_ns != 0 && !item.IsLate(now_ns)) return false;
  }
  return all_started || now_ns >= last_progress_ns_ + longest_ns;
}

std::string SectionsExchange::WhyNotBegun(const IsolatePhoto* main) const {
  char text[160];
  if (main != nullptr && main->state == IsolateState::kBlocked) {
    std::snprintf(text, sizeof text, "event loop blocked for %.1f s", main->status.loop_stalled_ms / 1e3);
  } else if (main != nullptr && main->state == IsolateState::kNotAnswering) {
    std::snprintf(text, sizeof text, "event loop blocked: the main thread does not answer");
  } else if (main == nullptr || main->state == IsolateState::kExited) {
    std::snprintf(text, sizeof text, "the main thread is ending");
  } else {
    std::snprintf(text, sizeof text, "the event loop did not turn in time");
  }
  return text;
}

SectionPhoto SectionsExchange::ToPhoto(const Item& item, const std::string& reason) const {
  if (!item.result_json.empty()) return SectionPhoto{item.title, item.result_json};
  if (changed_)
    return SectionPhoto{item.title, Result("unavailable", "sections were registered or removed meanwhile")};
  if (!begun_) return SectionPhoto{item.title, Result("unavailable", reason)};
  if (item.started_at_ns == 0) {
    return SectionPhoto{item.title,
                        Result("timed-out", "not started: an earlier section did not end in time")};
  }
  // Less than its own time when that of the whole report is over.
  return SectionPhoto{item.title, NoResult(std::min(item.timeout_ns, MonotonicNs() - item.started_at_ns))};
}

std::vector<SectionPhoto> SectionsExchange::Collect(const Options& options, const IsolatePhoto* main,
                                                    int64_t deadline_ns, const std::function<bool()>& stop) {
  const int64_t patience_ns = TurnsSoon(main) ? options.interrupt_timeout_ms * kNsPerMs : kBlockedPatienceNs;
  WakeMain wake_main;
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!wake_main_ || (sections_.empty() && !always_)) return {};
    items_.clear();
    for (const Section& section : sections_) {
      const int64_t timeout_ms = section.timeout_ms > 0 ? section.timeout_ms : options.section_timeout_ms;
      items_.push_back(Item{section.title, timeout_ms * kNsPerMs, "", 0});
    }
    request_ = ++last_request_;
    begun_ = finished_ = changed_ = false;
    wake_main = wake_main_;
  }
  const bool reachable = wake_main();

  std::vector<SectionPhoto> photos;
  platform::Monitor::Lock lock(monitor_);
  if (reachable) {
    lock.WaitUntil(std::min(MonotonicNs() + patience_ns, deadline_ns), [&] { return begun_ || stop(); });
  }
  while (begun_ && !stop() && MonotonicNs() < deadline_ns && !AllSettled()) {
    lock.WaitUntil(std::min(MonotonicNs() + kLookEveryNs, deadline_ns), [&] { return finished_ || stop(); });
  }
  const std::string reason = WhyNotBegun(main);
  photos.reserve(items_.size());
  for (const Item& item : items_) photos.push_back(ToPhoto(item, reason));
  request_ = 0;  // what comes from now on is too late
  return photos;
}

}  // namespace gmr::reporter

// The part of Reporter that does not wait for a signal: the patrol, reports that
// go where reports go, and the events that JavaScript hears of.

#include <algorithm>
#include <string_view>
#include <utility>

#include "../base/memory_guard.h"
#include "reporter.h"

namespace gmr::reporter {

namespace {

// What listeners are given at most.
constexpr size_t kMaxPhotographBytes = size_t{16} << 20;
// The extension that src/formatter/format.ts uses for the report to keep.
constexpr std::string_view kKeptExtension = "kept";

}  // namespace

platform::Result<bool> Reporter::RequestReport(Trigger trigger, WrittenListener listener) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!thread_started_)
      return platform::SysError{ESRCH,
                                "requesting a report from the reporter thread, which was never started"};
    written_requests_.push_back({std::move(trigger), std::move(listener)});
  }
  wake_.Wake();
  return true;
}

void Reporter::ServeWritten(const std::vector<WrittenRequest>& requests) {
  const auto fatal = std::find_if(requests.begin(), requests.end(), [](const WrittenRequest& request) {
    return request.trigger.kind == Trigger::Kind::kFatal;
  });
  const WrittenRequest& asking = fatal != requests.end() ? *fatal : requests.front();
  const Delivery::Outcome outcome = Report(asking.trigger);
  for (const WrittenRequest& request : requests) platform::WithinMemory([&] { request.listener(outcome); });
}

void Reporter::StopPatrol() {
  patrol_.Stop();
  wake_.Wake();  // so that the reporter thread sleeps without a timeout again
}

void Reporter::SetEventListener(EventListener listener, bool wants_reports) {
  const platform::Monitor::Lock lock(monitor_);
  event_listener_ = std::move(listener);
  wants_reports_ = wants_reports;
}

// Without a file and a watchdog, the steady state: one sleep, no system call.
void Reporter::WaitForWork() {
  const int64_t due_ns = patrol_.DueNs();
  if (due_ns == Patrol::kNever) {
    wake_.Wait();
  } else {
    wake_.WaitUntil(due_ns);
  }
}

void Reporter::ServePatrol() {
  if (gate_.closing()) return;
  const Patrol::Findings findings = patrol_.Round();
  if (findings.blocked) outside_view_.SetBlocked(*std::move(findings.blocked));
  for (const std::string& json : findings.block_ends) TellEvent(json);
  for (const Trigger& trigger : findings.triggers) Report(trigger);
}

void Reporter::ShowOptions() {
  Options options;
  OutsideView::Answering answering;
  const int number = signal_number_.load();
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!options_changed_ && number == shown_signal_) return;
    options_changed_ = false;
    options = facts_.options;
    if (number != 0) answering.signal = facts_.signal_name;
  }
  shown_signal_ = number;
  for (const vm::LoopStatus& loop : vm::IsolateRegistry::Get().Loops()) {
    if (loop.identity.is_main) answering.main_epoll_fd = loop.epoll_fd;
  }
  outside_view_.SetOptions(options, std::move(answering));
}

void Reporter::Keep(const Photograph& photograph, std::vector<ReportText>* texts) {
  const auto kept = std::find_if(texts->begin(), texts->end(),
                                 [](const ReportText& text) { return text.extension == kKeptExtension; });
  // Without a formatter, there is only the text.
  const ReportText* const report = kept != texts->end() ? &*kept : texts->empty() ? nullptr : &texts->front();
  if (report == nullptr) return;
  platform::WithinMemory(
      [&] { outside_view_.Keep(photograph.report_id, photograph.trigger.wall_clock_ms, report->text); });
  if (kept != texts->end()) texts->erase(kept);
}

bool Reporter::WantsReports() {
  const platform::Monitor::Lock lock(monitor_);
  return event_listener_ && wants_reports_;
}

void Reporter::TellReport(const std::string& report_id, const std::string& photograph_json,
                          const Delivery::Outcome& outcome) {
  JsonWriter event;
  event.BeginObject().Key("kind").String("report").Key("reportId").String(report_id);
  WriteOutcome(event, outcome);
  event.Key("photograph");
  if (!photograph_json.empty() && photograph_json.size() <= kMaxPhotographBytes) {
    event.Raw(photograph_json);
  } else {
    event.Null();
  }
  TellEvent(event.EndObject().Take());
}

void Reporter::TellEvent(const std::string& json) {
  EventListener listener;
  {
    const platform::Monitor::Lock lock(monitor_);
    listener = event_listener_;
  }
  if (listener) listener(json);
}

}  // namespace gmr::reporter

#include "outside_view.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "../model/json_writer.h"

namespace gmr::reporter {

namespace {

// Main is the first one.
constexpr size_t kMaxBlocked = 20;

}  // namespace

void OutsideView::SetOptions(const Options& options, Answering answering) {
  answering_ = std::move(answering);
  facts_json_ = options.status_json;
  max_reports_ = static_cast<size_t>(options.keep_reports);
  reports_.Limit(max_reports_);
  Refresh();
}

void OutsideView::SetBlocked(std::vector<BlockedLoop> blocked) {
  if (blocked == blocked_) return;
  blocked_ = std::move(blocked);
  Refresh();
}

void OutsideView::Keep(const std::string& report_id, double wall_clock_ms, std::string_view text) {
  // There was too little of something at setup, or the application has closed the page.
  if (!page_.is_open()) page_.Open();
  // Without the page, gmr could not find the report.
  if (!page_.is_open()) return reports_.Limit(0);
  reports_.Keep(report_id, wall_clock_ms, text, max_reports_);
  problem_id_ = report_id;
  Refresh();
}

void OutsideView::Refresh() {
  if (!page_.is_open()) return;
  // The reports must be on it, whatever else is too long.
  page_.Write(ToJson(facts_json_, kMaxBlocked)) || page_.Write(ToJson("null", kMaxBlocked)) ||
      page_.Write(ToJson(facts_json_, 0)) || page_.Write(ToJson("null", 0));
}

std::string OutsideView::ToJson(std::string_view facts, size_t max_blocked) const {
  JsonWriter json;
  json.BeginObject().Key("facts").Raw(facts);
  json.Key("blocked").BeginArray();
  for (size_t at = 0; at < std::min(blocked_.size(), max_blocked); ++at) {
    const BlockedLoop& loop = blocked_[at];
    const double began_ms =
        platform::WallClockMs() - platform::MsBetween(loop.begin_ns, platform::MonotonicNs());
    json.BeginObject().Key("threadId").Integer(loop.thread_id).Key("name").String(loop.name);
    json.Key("beganAtMs").Number(began_ms).EndObject();
  }
  json.EndArray().Key("mainEpollFd").Integer(answering_.main_epoll_fd).Key("signal");
  if (answering_.signal.empty()) {
    json.Null();
  } else {
    json.String(answering_.signal);
  }
  json.Key("reports").BeginArray();
  for (const KeptReports::Entry& report : reports_.entries()) {
    json.BeginObject().Key("id").String(report.report_id).Key("requestedAtMs").Number(report.wall_clock_ms);
    json.Key("bytes").Integer(static_cast<int64_t>(report.bytes)).Key("fd").Integer(report.file.fd());
    json.EndObject();
  }
  json.EndArray().Key("notKept");
  if (reports_.problem().empty()) {
    json.Null();
  } else {
    json.BeginObject().Key("id").String(problem_id_).Key("reason").String(reports_.problem()).EndObject();
  }
  return json.EndObject().Take();
}

}  // namespace gmr::reporter

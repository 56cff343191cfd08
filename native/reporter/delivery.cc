#include "delivery.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "../platform/clock.h"
#include "../platform/raw_write.h"
#include "../platform/report_file.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Between two looks at whether the process is exiting.
constexpr int64_t kSliceNs = 20 * kNsPerMs;
constexpr int64_t kNoticeNs = 500 * kNsPerMs;

// Control characters of a path could play tricks on the reader's terminal.
std::string Printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return text;
}

// The beginning of a report that is too long, up to a whole line, a line that
// says so, and its last line, by which readers know the end.
std::string Bounded(const std::string& text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const size_t last_line = text.size() < 2 ? 0 : text.rfind('\n', text.size() - 2) + 1;
  const std::string end = text.size() - last_line <= 200 ? text.substr(last_line) : "\n";
  const std::string notice = "\n*** cut here: the report has " + std::to_string(text.size()) +
                             " bytes, and maxReportBytes is " + std::to_string(max_bytes) + " ***\n";
  const size_t room = max_bytes - std::min(max_bytes, notice.size() + end.size());
  const size_t line_end = text.rfind('\n', room);
  return text.substr(0, line_end == text.npos ? 0 : line_end) + notice + end;
}

}  // namespace

void Notify(const std::string& line) {
  // There is nowhere left to complain when stderr is closed, full or gone.
  (void)platform::WriteWithDeadline(STDERR_FILENO, "gmr: " + Printable(line) + "\n",
                                    MonotonicNs() + kNoticeNs);
}

void WriteOutcome(JsonWriter& json, const Delivery::Outcome& outcome) {
  const auto text_or_null = [&](const char* key, const std::string& text) {
    json.Key(key);
    if (text.empty()) {
      json.Null();
    } else {
      json.String(text);
    }
  };
  json.Key("files").BeginArray();
  for (const std::string& file : outcome.files) json.String(file);
  json.EndArray();
  text_or_null("error", outcome.error);
  json.Key("lost").Bool(outcome.lost);
}

Delivery::Delivery(const Options& options, std::string report_id, double wall_clock_ms)
    : options_(options), report_id_(std::move(report_id)), wall_clock_ms_(wall_clock_ms) {}

void Delivery::Begin(std::vector<ReportText> texts, int64_t deadline_ns, const std::function<bool()>& stop) {
  texts_ = std::move(texts);
  for (ReportText& report : texts_) {
    // The formatter cuts other formats itself: half of a JSON document is none.
    if (report.extension.empty())
      report.text = Bounded(report.text, static_cast<size_t>(options_.max_report_bytes));
    rest_ += report.text;
  }
  begun_ = true;
  if (!options_.log_dir.empty()) return;
  size_t written = 0;
  for (bool again = true; again;) {
    const int64_t slice_end_ns = std::min(deadline_ns, MonotonicNs() + kSliceNs);
    const auto outcome =
        platform::WriteWithDeadline(STDERR_FILENO, std::string_view(rest_).substr(written), slice_end_ns);
    written += outcome.written_bytes;
    again = outcome.error == ETIMEDOUT && !stop() && MonotonicNs() < deadline_ns;
  }
  rest_.erase(0, written);
}

bool Delivery::WriteFiles(int64_t deadline_ns, Outcome* outcome) const {
  const std::string service = platform::FileNamePart(options_.service_name);
  std::string name = platform::ReportFileName(service, wall_clock_ms_);
  for (const ReportText& report : texts_) {
    auto written =
        platform::WriteReportFile(options_.log_dir, name, report.extension, report.text, deadline_ns);
    if (!written.ok()) {
      outcome->error = written.error().ToString();
      return !outcome->files.empty();
    }
    const std::string& path = written.value();
    // The next ones belong to this one, whatever number its name got.
    const size_t begin = path.rfind('/') + 1;
    name = path.substr(begin, path.size() - begin - report.extension.size());
    Notify("report " + report_id_ + " written to " + path);
    outcome->files.push_back(path);
  }
  platform::RemoveOldReports(options_.log_dir, service, static_cast<size_t>(options_.max_reports));
  return true;
}

Delivery::Outcome Delivery::Finish(int64_t deadline_ns) {
  Outcome outcome;
  if (!begun_) return outcome;
  if (!options_.log_dir.empty()) {
    if (WriteFiles(deadline_ns, &outcome)) return outcome;
    Notify("report " + report_id_ + " could not be written to " + options_.log_dir + " (" + outcome.error +
           "), so it follows here");
  }
  const auto written = platform::WriteWithDeadline(STDERR_FILENO, rest_, deadline_ns);
  outcome.lost = written.error != 0;
  if (outcome.lost) {
    const platform::SysError error{written.error, "writing to stderr"};
    outcome.error += (outcome.error.empty() ? "" : "; ") + error.ToString();
  }
  return outcome;
}

}  // namespace gmr::reporter

#include "delivery.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "../../base/bounded_lane.h"
#include "../../base/clock.h"
#include "../../base/printable.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Waiting this much longer lets a writer that notices the deadline itself report it.
constexpr int64_t kLateNs = 20 * kNsPerMs;
constexpr int64_t kNoticeNs = 500 * kNsPerMs;
constexpr size_t kMaxNoticeBytes = 4096;
const platform::StopCondition kNeverStop = [] { return false; };

// The reports that stderr did not accept. The next output that it accepts lists them.
class Losses {
 public:
  struct Loss {
    std::string report_id;
    std::string reason;
  };

  static Losses& Get() {
    static auto* losses = new Losses;  // NOLINT(cppcoreguidelines-owning-memory): leaked
    return *losses;
  }

  void Add(Loss loss) {
    last_ = std::move(loss);
    ++count_;
  }

  void Forget() {
    last_ = {};
    count_ = 0;
  }

  std::string Notice() const {
    if (count_ == 0) return "";
    const std::string which =
        count_ == 1 ? "report " + last_.report_id + " is"
                    : std::to_string(count_) + " reports, the last of them " + last_.report_id + ", are";
    // The last output may have ended in the middle of a line, so the notice begins with a line break.
    return "\ngmr: " + which + " missing or incomplete here (" + last_.reason + ")\n";
  }

 private:
  Losses() = default;

  int count_ = 0;
  Loss last_;
};

platform::BoundedLane& FileLane() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, as threads may outlive static destructors
  static auto* lane = new platform::BoundedLane("gmr-files");
  return *lane;
}

// Repeating a warning about the folder with every report would not help anyone.
void WarnOnce(const std::string& warning) {
  static auto* last = new std::string;  // NOLINT(cppcoreguidelines-owning-memory): leaked
  if (warning.empty() || *last == warning) return;
  *last = warning;
  Notify(warning);
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
  (void)platform::WriteToStderr("gmr: " + platform::PrintableUpTo(line, kMaxNoticeBytes) + "\n",
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
  for (ReportText& report : texts) {
    // The formatter cuts other formats itself: half of a JSON document is none.
    if (report.extension.empty())
      report.text = Bounded(report.text, static_cast<size_t>(options_.max_report_bytes));
    text_ += report.text;
    parts_.push_back({std::move(report.extension), std::move(report.text)});
  }
  begun_ = true;
  if (options_.log_dir.empty()) (void)WriteToStderr(deadline_ns, stop);
}

platform::SysError Delivery::WriteToStderr(int64_t deadline_ns, const platform::StopCondition& stop) {
  if (stderr_ == nullptr) {
    stderr_ = std::make_unique<platform::StderrWriter>();
    stderr_->Append(Losses::Get().Notice());
    stderr_->Append(text_);
  }
  return stderr_->Flush(deadline_ns, stop);
}

bool Delivery::WriteFiles(int64_t deadline_ns, Outcome* outcome) {
  struct Work {
    platform::ReportFileJob job;
    platform::WrittenFiles files;
  };
  const auto work = std::make_shared<Work>();
  work->job = {.directory = options_.log_dir,
               .service = options_.service_name,
               .wall_clock_ms = wall_clock_ms_,
               .parts = std::move(parts_),
               .max_reports = static_cast<size_t>(options_.max_reports),
               .deadline_ns = deadline_ns};
  const auto write = [work] { work->files = platform::WriteReportFiles(work->job); };
  const auto started = FileLane().Start(write);
  if (started == platform::BoundedLane::Started::kNoThread) write();
  if (started == platform::BoundedLane::Started::kBusy ||
      !FileLane().Wait(deadline_ns + kLateNs, kNeverStop)) {
    outcome->error = platform::SysError{ETIMEDOUT, "waiting for the file system"}.ToString();
    return false;
  }
  outcome->files = std::move(work->files.paths);
  for (const std::string& path : outcome->files) Notify("report " + report_id_ + " written to " + path);
  if (work->files.error.code != 0) outcome->error = work->files.error.ToString();
  WarnOnce(work->files.warning);
  return !outcome->files.empty();
}

Delivery::Outcome Delivery::Finish(int64_t deadline_ns) {
  Outcome outcome;
  if (!begun_) return outcome;
  if (!options_.log_dir.empty()) {
    if (WriteFiles(deadline_ns, &outcome)) return outcome;
    Notify("report " + report_id_ + " could not be written to " + options_.log_dir + " (" + outcome.error +
           "), so it follows here");
    deadline_ns = std::max(deadline_ns, MonotonicNs() + kNoticeNs);
  }
  const platform::SysError error = WriteToStderr(deadline_ns, kNeverStop);
  outcome.lost = error.code != 0;
  if (outcome.lost) {
    outcome.error += (outcome.error.empty() ? "" : "; ") + error.ToString();
    Losses::Get().Add({report_id_, error.ToString()});
  } else {
    Losses::Get().Forget();
  }
  return outcome;
}

}  // namespace gmr::reporter

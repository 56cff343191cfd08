#include "kept_reports.h"

#include <utility>

#include "../../base/own_calls.h"
#include "../../process/headroom.h"

namespace gmr::reporter {

namespace {

// The memory counts in the container. The service must have much more left than the report takes.
constexpr int64_t kSpareFactor = 8;

}  // namespace

void KeptReports::Limit(size_t max_reports) {
  while (entries_.size() > max_reports) entries_.pop_front();
}

void KeptReports::Keep(const std::string& report_id, double wall_clock_ms, std::string_view text,
                       size_t max_reports) {
  // The application has closed these.
  std::erase_if(entries_, [](const Entry& entry) { return entry.file.fd() < 0; });
  Limit(max_reports == 0 ? 0 : max_reports - 1);
  problem_ = max_reports == 0 ? "" : Add(report_id, wall_clock_ms, text);
}

std::string KeptReports::Add(const std::string& report_id, double wall_clock_ms, std::string_view text) {
  if (text.size() > kMaxKeptBytes) return "it has more than " + std::to_string(kMaxKeptBytes) + " bytes";
  size_t bytes = text.size();
  for (const Entry& entry : entries_) bytes += entry.bytes;
  for (; bytes > kMaxKeptBytesInAll; entries_.pop_front()) bytes -= entries_.front().bytes;
  if (platform::ReadHeadroom().least_bytes() / kSpareFactor < static_cast<int64_t>(text.size()))
    return "too little memory is left";
  if (const std::string why = platform::WhyNot(platform::OwnCall::kMemfdCreate); !why.empty()) return why;
  auto file = platform::MemoryFile::MakeSealed("gmr-report:" + report_id, text);
  if (!file.ok()) return file.error().ToString();
  entries_.push_back({report_id, wall_clock_ms, text.size(), std::move(file.value())});
  return "";
}

}  // namespace gmr::reporter

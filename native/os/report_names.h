// Names of report files: how they are made and recognized.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions and plain values.
//
// "<service>_gurumeditation_<YYYYMMDDHHMMSS>" with "_1", "_2"... when the name is taken, and ".json" or
// ".jsonl" for the other formats.
#ifndef GMR_NATIVE_OS_REPORT_NAMES_H_
#define GMR_NATIVE_OS_REPORT_NAMES_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace gmr::platform {

// Files with the same key are formats of one report.
struct ReportKey {
  std::string stamp;
  int number = 0;

  auto operator<=>(const ReportKey&) const = default;
};

inline constexpr int kMaxReportNumber = 999'999;

// The service's name as part of a file name: letters, digits, '.', '_' and '-',
// beginning with a letter or digit.
std::string FileNamePart(std::string_view service);

// "YYYYMMDDHHMMSS", UTC.
std::string ReportStamp(double wall_clock_ms);

// `service` is a FileNamePart(). `extension` is ".json", or empty for text.
std::string ReportName(const std::string& service, const ReportKey& key, const std::string& extension);

// nullopt unless ReportName() makes exactly this name for this service.
std::optional<ReportKey> ParseReportName(std::string_view name, const std::string& service);

// The name of a report file while it is being written. It is unique on this machine, and with near certainty
// among all machines that share the folder.
std::string TemporaryName(const std::string& final_name);
bool IsTemporaryName(std::string_view name, const std::string& service);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_REPORT_NAMES_H_

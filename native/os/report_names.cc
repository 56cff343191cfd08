#include "report_names.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../base/clock.h"

#include "../base/utc.h"

namespace gmr::platform {

namespace {

constexpr size_t kMaxServiceLength = 100;
constexpr size_t kStampLength = 14;
constexpr size_t kMaxNumberLength = 6;
constexpr std::string_view kMiddle = "_gurumeditation_";
constexpr std::string_view kTemporaryEnd = ".part";
constexpr std::array<std::string_view, 4> kExtensions = {"", ".json", ".jsonl", ".html"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsPlain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c); }

// Takes the leading digits off `text`.
std::string_view TakeDigits(std::string_view* text) {
  const auto end = std::find_if_not(text->begin(), text->end(), IsDigit);
  const std::string_view digits = text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(digits.size());
  return digits;
}

}  // namespace

std::string FileNamePart(std::string_view service) {
  std::string part;
  for (const char c : service.substr(0, kMaxServiceLength)) {
    const bool keeps = IsPlain(c) || c == '.' || c == '_' || c == '-';
    // "@scope/name" becomes "scope_name", and no name begins with a dot.
    if (!part.empty() || IsPlain(c)) part += keeps ? c : '_';
  }
  return part.empty() ? "node" : part;
}

std::string ReportStamp(double wall_clock_ms) {
  const UtcTime utc = ToUtc(wall_clock_ms);
  char stamp[80];
  std::snprintf(stamp, sizeof stamp, "%04d%02d%02d%02d%02d%02d", utc.year, utc.month, utc.day, utc.hour,
                utc.minute, utc.second);
  return stamp;
}

std::string ReportName(const std::string& service, const ReportKey& key, const std::string& extension) {
  std::string name = service + std::string(kMiddle) + key.stamp;
  if (key.number > 0) name.append("_").append(std::to_string(key.number));
  return name + extension;
}

std::optional<ReportKey> ParseReportName(std::string_view name, const std::string& service) {
  const std::string prefix = service + std::string(kMiddle);
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  name.remove_prefix(prefix.size());
  const std::string_view stamp = TakeDigits(&name);
  if (stamp.size() != kStampLength) return std::nullopt;
  ReportKey key{std::string(stamp), 0};
  if (!name.empty() && name.front() == '_') {
    name.remove_prefix(1);
    const std::string_view digits = TakeDigits(&name);
    if (digits.empty() || digits.size() > kMaxNumberLength || digits.front() == '0') return std::nullopt;
    key.number = std::atoi(std::string(digits).c_str());  // NOLINT(cert-err34-c): digits only, at most six
  }
  if (std::find(kExtensions.begin(), kExtensions.end(), name) == kExtensions.end()) return std::nullopt;
  return key;
}

std::string TemporaryName(const std::string& final_name) {
  // Processes of two containers that share the folder may have the same pid, so the pid alone is not enough.
  char unique[48];
  std::snprintf(unique, sizeof unique, ".%d-%llx", static_cast<int>(getpid()),
                static_cast<unsigned long long>(MonotonicNs()));
  return "." + final_name + unique + std::string(kTemporaryEnd);
}

bool IsTemporaryName(std::string_view name, const std::string& service) {
  const std::string prefix = "." + service + std::string(kMiddle);
  return name.substr(0, prefix.size()) == prefix && name.ends_with(kTemporaryEnd);
}

}  // namespace gmr::platform

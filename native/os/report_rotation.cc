#include "report_rotation.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <tuple>
#include <utility>

#include "../base/clock.h"
#include "../base/own_calls.h"
#include "../base/result.h"

namespace gmr::platform {

namespace {

constexpr size_t kMaxNames = 200'000;
constexpr int64_t kPatienceNs = 1500 * kNsPerMs;
// Another process may just have announced a younger file.
constexpr time_t kJustWrittenS = 5;
// Younger ones may still be written by another process.
constexpr time_t kAbandonedAfterS = 600;

constexpr const char* kNotInTime = "its files could not all be examined in time";

timespec ModifiedAt(const struct stat& facts) {
#if defined(__APPLE__)
  return facts.st_mtimespec;
#else
  return facts.st_mtim;
#endif
}

// If the file system does not report the type, fstatat() decides.
bool MayBeRegular(const dirent& entry) { return entry.d_type == DT_REG || entry.d_type == DT_UNKNOWN; }

}  // namespace

bool ReportRotation::Age::operator<(const Age& other) const {
  const auto order = [](const Age& age) {
    return std::tie(age.has_come, age.modified.tv_sec, age.modified.tv_nsec, age.key);
  };
  return order(*this) < order(other);
}

ReportRotation::ReportRotation(int folder_fd, std::string service, int64_t deadline_ns)
    : folder_fd_(folder_fd),
      service_(std::move(service)),
      until_ns_(std::min(deadline_ns, MonotonicNs() + kPatienceNs)) {
  ReadNames();
}

bool ReportRotation::InTime() const { return MonotonicNs() < until_ns_; }

void ReportRotation::ReadNames() {
  for (const OwnCall call : {OwnCall::kGetdents64, OwnCall::kUnlinkat}) {
    if (IsForbidden(call)) hindrance_ = WhyNot(call);
  }
  if (!hindrance_.empty()) return;
  const int fd = openat(folder_fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : fdopendir(fd);  // owns fd from here on
  if (stream == nullptr) {
    hindrance_ = SysError{errno, "listing the directory"}.ToString();
    if (fd >= 0) close(fd);
    return;
  }
  hindrance_ = kNotInTime;
  for (size_t names = 0; names < kMaxNames && InTime();) {
    errno = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this directory stream
    const dirent* entry = readdir(stream);
    if (entry == nullptr) {
      hindrance_ = errno == 0 ? "" : SysError{errno, "listing the directory"}.ToString();
      break;
    }
    if (!MayBeRegular(*entry)) continue;
    if (const auto key = ParseReportName(entry->d_name, service_); key) {
      reports_[*key].emplace_back(entry->d_name);
      ++names;
    } else if (IsTemporaryName(entry->d_name, service_)) {
      temporaries_.emplace_back(entry->d_name);
      ++names;
    }
  }
  closedir(stream);
}

int ReportRotation::NextNumber(const std::string& stamp) const {
  const auto after = reports_.upper_bound(ReportKey{stamp, kMaxReportNumber});
  if (after == reports_.begin()) return 0;
  const ReportKey& highest = std::prev(after)->first;
  // Only a forged name can have the highest possible number. A free number below it is found by trying.
  return highest.stamp != stamp || highest.number == kMaxReportNumber ? 0 : highest.number + 1;
}

bool ReportRotation::Examine(const std::string& name, struct stat* facts) const {
  return fstatat(folder_fd_, name.c_str(), facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts->st_mode) &&
         facts->st_uid == newest_.st_uid;
}

// `count` is the number of our reports, including those that are kept. False when time ran out before all
// were examined.
bool ReportRotation::MakeCandidates(std::map<Age, ReportKey>* candidates, size_t* count) const {
  const time_t now = ModifiedAt(newest_).tv_sec;
  for (const auto& [key, names] : reports_) {
    if (!InTime()) return false;
    std::optional<timespec> latest;
    for (const std::string& name : names) {
      struct stat facts {};
      if (!Examine(name, &facts)) continue;
      const timespec modified = ModifiedAt(facts);
      if (!latest || std::tie(latest->tv_sec, latest->tv_nsec) < std::tie(modified.tv_sec, modified.tv_nsec))
        latest = modified;
    }
    if (!latest) continue;
    ++*count;
    const time_t age = now - latest->tv_sec;
    if (age > kJustWrittenS || age < -kJustWrittenS) candidates->emplace(Age{age >= 0, *latest, key}, key);
  }
  return true;
}

// False when the file is still there.
bool ReportRotation::Remove(const std::string& name) {
  if (unlinkat(folder_fd_, name.c_str(), 0) == 0 || errno == ENOENT) return true;
  hindrance_ = SysError{errno, "removing a file"}.ToString();
  return false;
}

void ReportRotation::RemoveAbandoned() {
  for (const std::string& name : temporaries_) {
    struct stat facts {};
    if (!InTime() || !Examine(name, &facts)) continue;
    if (facts.st_mtime < newest_.st_mtime - kAbandonedAfterS) Remove(name);
  }
}

std::string ReportRotation::RemoveOld(const std::vector<std::string>& written, size_t max_reports) {
  if (IsForbidden(OwnCall::kUnlinkat)) return hindrance_;
  if (written.empty() || fstatat(folder_fd_, written.front().c_str(), &newest_, AT_SYMLINK_NOFOLLOW) != 0)
    return "";
  const bool complete = hindrance_.empty();
  RemoveAbandoned();
  if (!complete || reports_.size() < max_reports) return hindrance_;  // the new report included
  std::map<Age, ReportKey> candidates;
  size_t count = 1;  // the new report
  if (!MakeCandidates(&candidates, &count)) return kNotInTime;
  for (auto oldest = candidates.begin(); oldest != candidates.end() && count > max_reports;
       ++oldest, --count) {
    if (!InTime()) return kNotInTime;
    for (const std::string& name : reports_[oldest->second]) {
      struct stat facts {};
      if (Examine(name, &facts)) Remove(name);
    }
  }
  return hindrance_;
}

}  // namespace gmr::platform

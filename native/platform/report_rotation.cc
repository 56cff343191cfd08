// RemoveOldReports() of report_file.h.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <map>
#include <utility>
#include <vector>

#include "report_file.h"
#include "scoped_fd.h"

namespace gmr::platform {

namespace {

constexpr size_t kStampLength = 14;
// A directory with more names than this is somebody's mistake, and reading it takes too long.
constexpr int kMaxNames = 100'000;
// Younger ones may still be written by another process.
constexpr time_t kAbandonedAfterS = 600;

// Order of age: the second, then the number of the collision.
using Age = std::pair<std::string, long>;

size_t DigitsAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

// False when `name` is no report file with this prefix.
bool ParseName(const std::string& name, const std::string& prefix, Age* age) {
  if (name.compare(0, prefix.size(), prefix) != 0) return false;
  if (DigitsAt(name, prefix.size()) != kStampLength) return false;
  size_t at = prefix.size() + kStampLength;
  *age = {name.substr(prefix.size(), kStampLength), 0};
  if (at < name.size() && name[at] == '_') {
    const size_t digits = DigitsAt(name, at + 1);
    if (digits == 0 || digits > 6) return false;
    age->second = std::strtol(name.c_str() + at + 1, nullptr, 10);
    at += 1 + digits;
  }
  return at == name.size() || name[at] == '.';
}

void RemoveAbandoned(int directory_fd, const std::string& name) {
  struct stat facts {};
  if (fstatat(directory_fd, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (S_ISREG(facts.st_mode) && facts.st_mtime < time(nullptr) - kAbandonedAfterS)
    unlinkat(directory_fd, name.c_str(), 0);
}

bool IsTemporary(const std::string& name, const std::string& prefix) {
  constexpr std::string_view kEnd = ".part";
  return name.size() > kEnd.size() && name.compare(0, prefix.size() + 1, "." + prefix) == 0 &&
         name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
}

}  // namespace

void RemoveOldReports(const std::string& directory, const std::string& service, size_t max_reports) {
  const std::string prefix = service + "_gurumeditation_";
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  DIR* stream = fdopendir(fd);  // owns fd from here on
  if (stream == nullptr) {
    close(fd);
    return;
  }
  std::map<Age, std::vector<std::string>> reports;
  for (int names = 0; names < kMaxNames; ++names) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this directory stream
    const dirent* entry = readdir(stream);
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    Age age;
    if (IsTemporary(name, prefix)) RemoveAbandoned(fd, name);
    if (ParseName(name, prefix, &age)) reports[age].push_back(name);
  }
  for (auto oldest = reports.begin(); reports.size() > max_reports; oldest = reports.erase(oldest)) {
    // A name only: what a link points to stays.
    for (const std::string& name : oldest->second) unlinkat(fd, name.c_str(), 0);
  }
  closedir(stream);
}

}  // namespace gmr::platform

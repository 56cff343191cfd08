#include "idle_cpus.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>
#include <system_error>
#include <thread>

#include "../cgroup.h"
#include "../text_file.h"

namespace gmr::platform {

namespace {

std::string Read(const std::string& path) {
  const auto text = ReadProcFile(AT_FDCWD, path.c_str());
  return text.ok() ? text.value() : "";
}

// Of all groups that this process is in.
double CpuLimit() {
  double least = kNoCpuLimit;
  ForEachCgroup(
      [&](const std::string& folder) { least = std::min(least, ParseCpuLimit(Read(folder + "cpu.max"))); });
  ForEachCgroup("cpu", [&](const std::string& folder) {
    least = std::min(
        least, ParseCpuLimit(Read(folder + "cpu.cfs_quota_us") + " " + Read(folder + "cpu.cfs_period_us")));
  });
  return least;
}

}  // namespace

// "0.20 0.18 0.12 1/80 11206", proc_loadavg(5).
int ParseRunningThreads(std::string_view text) {
  for (int field = 0; field < 3; ++field) {
    const size_t space = text.find(' ');
    if (space == text.npos) return -1;
    text.remove_prefix(space + 1);
  }
  int running = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), running);
  const bool is_whole =
      parsed.ec == std::errc() && parsed.ptr != text.data() + text.size() && *parsed.ptr == '/';
  return is_whole && running >= 0 ? running : -1;
}

// "150000 100000", "max 100000": microseconds of each period, cgroup v2. In v1, -1 means "no limit".
double ParseCpuLimit(const std::string& text) {
  double quota = 0;
  double period = 0;
  const bool is_limit = std::sscanf(text.c_str(), "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0;
  return is_limit ? quota / period : kNoCpuLimit;
}

int CpusBeside(int busy) {
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  const double limit = CpuLimit();
  // Of what a limit leaves, the reporter and one thread of the service have theirs.
  const int allowed = limit < cpus ? static_cast<int>(limit) - 2 : cpus;
  return std::max(0, std::min(cpus - busy, allowed));
}

int IdleCpus() {
  const auto text = ReadProcFile(AT_FDCWD, "/proc/loadavg");
  const int running = text.ok() ? ParseRunningThreads(text.value()) : -1;
  return running < 0 ? 0 : CpusBeside(running);
}

}  // namespace gmr::platform

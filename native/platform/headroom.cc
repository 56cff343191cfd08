#include "headroom.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "text_file.h"

namespace gmr::platform {

namespace {

constexpr int64_t kUnlimited = INT64_MAX;

// "max" (cgroup v2) and absent files both mean: no limit here.
int64_t ReadBytes(const std::string& path) {
  const auto text = ReadProcFile(AT_FDCWD, path.c_str());
  int64_t bytes = 0;
  if (!text.ok() || std::sscanf(text.value().c_str(), "%" SCNd64, &bytes) != 1) return kUnlimited;
  return bytes;
}

// Page cache that the kernel drops before it kills anybody. Without this, every
// container that reads files would look full.
int64_t ReclaimableBytes(const std::string& folder) {
  const auto text = ReadProcFile(AT_FDCWD, (folder + "memory.stat").c_str());
  if (!text.ok()) return 0;
  for (const char* key : {"\ntotal_inactive_file ", "\ninactive_file "}) {
    const size_t at = text.value().find(key);
    int64_t bytes = 0;
    if (at != std::string::npos && std::sscanf(text.value().c_str() + at, "%*s %" SCNd64, &bytes) == 1)
      return bytes;
  }
  return 0;
}

int64_t Remaining(int64_t limit, int64_t used) {
  // cgroup v1 says "unlimited" with a number near 2^63.
  if (limit >= kUnlimited / 2 || used >= kUnlimited / 2) return kUnlimited;
  return std::max<int64_t>(limit - used, 0);
}

// Path of this process's group in `hierarchy` ("0::" for v2, ":memory:" for v1).
std::string CgroupPath(const std::string& table, const char* hierarchy) {
  const size_t at = table.find(hierarchy);
  if (at == std::string::npos) return "";
  const size_t begin = at + std::string(hierarchy).size();
  return table.substr(begin, table.find('\n', begin) - begin);
}

// Walks from the group up to the root of the mount: a parent's limit binds too.
// In a container the path may name groups that are not mounted there; those
// files are absent, and the walk still reaches the root of the mount.
int64_t CgroupHeadroom(const std::string& mount, std::string group, const char* limit, const char* used) {
  int64_t least = kUnlimited;
  for (;;) {
    if (group == "/") group.clear();
    const std::string folder = mount + group + "/";
    const int64_t limit_bytes = ReadBytes(folder + limit);
    if (limit_bytes != kUnlimited) {
      least = std::min(least, Remaining(limit_bytes, ReadBytes(folder + used) - ReclaimableBytes(folder)));
    }
    if (group.empty()) return least;
    group.resize(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
  }
}

int64_t AddressSpaceHeadroom() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const int64_t pages = ReadBytes("/proc/self/statm");
  if (pages == kUnlimited) return kUnlimited;
  return Remaining(static_cast<int64_t>(limit.rlim_cur), pages * sysconf(_SC_PAGESIZE));
}

}  // namespace

int64_t MemoryHeadroomBytes() {
  int64_t least = AddressSpaceHeadroom();
  const auto table = ReadProcFile(AT_FDCWD, "/proc/self/cgroup");
  if (!table.ok()) return least;
  if (const auto group = CgroupPath(table.value(), "0::"); !group.empty()) {
    least = std::min(least, CgroupHeadroom("/sys/fs/cgroup", group, "memory.max", "memory.current"));
  }
  if (const auto group = CgroupPath(table.value(), ":memory:"); !group.empty()) {
    least = std::min(least, CgroupHeadroom("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                                           "memory.usage_in_bytes"));
  }
  return least;
}

}  // namespace gmr::platform

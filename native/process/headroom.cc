#include "headroom.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "../base/proc_status.h"
#include "cgroup.h"
#include "text_file.h"

namespace gmr::platform {

namespace {

// "max" (cgroup v2) and absent files both mean: no limit here.
int64_t ReadBytes(const std::string& path) {
  const auto text = ReadProcFile(AT_FDCWD, path.c_str());
  int64_t bytes = 0;
  if (!text.ok() || std::sscanf(text.value().c_str(), "%" SCNd64, &bytes) != 1) return kUnlimitedBytes;
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
  if (limit >= kUnlimitedBytes / 2 || used >= kUnlimitedBytes / 2) return kUnlimitedBytes;
  return std::max<int64_t>(limit - used, 0);
}

int64_t GroupHeadroom(const std::string& folder, const char* limit, const char* used) {
  const int64_t limit_bytes = ReadBytes(folder + limit);
  if (limit_bytes == kUnlimitedBytes) return kUnlimitedBytes;
  return Remaining(limit_bytes, ReadBytes(folder + used) - ReclaimableBytes(folder));
}

// Returns how much more memory RLIMIT_DATA allows (mm/mmap.c: may_expand_vm()). The kernel counts private
// writable mappings against it, except stacks that grow: VmData.
int64_t DataHeadroom() {
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimitedBytes;
  // With a soft limit of zero, the kernel applies the hard one, for the sake of Valgrind.
  const rlim_t binding = limit.rlim_cur == 0 ? limit.rlim_max : limit.rlim_cur;
  if (binding == RLIM_INFINITY) return kUnlimitedBytes;
  const auto used_kb = ReadStatusNumber("VmData");
  // There is a limit, but how near it is cannot be read.
  return used_kb ? Remaining(static_cast<int64_t>(binding), *used_kb << 10) : 0;
}

int64_t AddressSpaceHeadroom() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimitedBytes;
  const auto used_kb = ReadStatusNumber("VmSize");
  return used_kb ? Remaining(static_cast<int64_t>(limit.rlim_cur), *used_kb << 10) : 0;
}

int64_t CgroupHeadroom() {
  int64_t least = kUnlimitedBytes;
  ForEachCgroup([&](const std::string& folder) {
    least = std::min(least, GroupHeadroom(folder, "memory.max", "memory.current"));
  });
  ForEachCgroup("memory", [&](const std::string& folder) {
    least = std::min(least, GroupHeadroom(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"));
  });
  return least;
}

std::string LessThan(int64_t bytes, const char* what, const char* where) {
  char text[120];
  std::snprintf(text, sizeof text, "less than %.0f MB of %s are left %s",
                static_cast<double>(bytes) / static_cast<double>(1 << 20), what, where);
  return text;
}

}  // namespace

int64_t Headroom::least_bytes() const { return std::min({cgroup_bytes, data_bytes, address_space_bytes}); }

int64_t PrivateResidentBytes() {
  const auto anonymous_kb = ReadStatusNumber("RssAnon");
  return anonymous_kb ? *anonymous_kb << 10 : kUnlimitedBytes;
}

Headroom ReadHeadroom() { return {CgroupHeadroom(), DataHeadroom(), AddressSpaceHeadroom()}; }

std::string Shortage(const Headroom& headroom, const MemoryNeed& need) {
  if (headroom.cgroup_bytes < need.bytes) return LessThan(need.bytes, "memory", "in the cgroup");
  if (headroom.data_bytes < need.data_bytes) return LessThan(need.data_bytes, "memory", "under RLIMIT_DATA");
  if (headroom.address_space_bytes < need.address_space_bytes)
    return LessThan(need.address_space_bytes, "address space", "under RLIMIT_AS");
  return "";
}

}  // namespace gmr::platform

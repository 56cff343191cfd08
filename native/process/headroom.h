// How much memory this process may still take before the kernel refuses or kills.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: opens files.
// Lifetime:    plain values.
#ifndef GMR_NATIVE_PROCESS_HEADROOM_H_
#define GMR_NATIVE_PROCESS_HEADROOM_H_

#include <cstdint>
#include <string>

namespace gmr::platform {

inline constexpr int64_t kUnlimitedBytes = INT64_MAX;

// Bytes left under each limit; kUnlimitedBytes if there is no limit or it cannot be read.
struct Headroom {
  int64_t cgroup_bytes = kUnlimitedBytes;         // the least of this group (v2 or v1) and its parents
  int64_t data_bytes = kUnlimitedBytes;           // RLIMIT_DATA: private writable mappings
  int64_t address_space_bytes = kUnlimitedBytes;  // RLIMIT_AS: all mappings, including reserved ones

  int64_t least_bytes() const;
};

// The memory that a piece of work needs. Address space is reserved in much larger pieces than are used, and a
// writable reservation counts as data immediately.
struct MemoryNeed {
  int64_t bytes = 0;
  int64_t data_bytes = 0;
  int64_t address_space_bytes = 0;
};

// Memory that belongs to this process alone, not shared with a file or another process; kUnlimitedBytes if it
// cannot be read.
int64_t PrivateResidentBytes();

// May throw std::bad_alloc.
Headroom ReadHeadroom();

// For example "less than 64 MB of memory are left under RLIMIT_DATA". Empty when there is enough.
std::string Shortage(const Headroom& headroom, const MemoryNeed& need);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_HEADROOM_H_

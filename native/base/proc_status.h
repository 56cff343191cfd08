// Numbers in /proc/self/status and in that of a thread, read without allocating memory.
//
// Owns:        nothing between calls.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_NATIVE_BASE_PROC_STATUS_H_
#define GMR_NATIVE_BASE_PROC_STATUS_H_

#include <cstdint>
#include <optional>

namespace gmr::platform {

// Returns the number after `key` and a colon, for example 1234 for "VmData" when the file has "VmData:
// 1234 kB". nullopt when the file cannot be read or has no such line.
std::optional<int64_t> ReadStatusNumber(const char* key);

// Returns the same for one thread of this process.
std::optional<int64_t> ReadThreadStatusNumber(int tid, const char* key);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_PROC_STATUS_H_

// Writing to a descriptor that somebody else owns, such as stderr, without ever
// being held up by its reader.
//
// Owns:        nothing: the descriptor's flags are not touched, because they
//              belong to the open file that other processes share.
// Threads:     any; meant for the reporter thread, which has SIGPIPE blocked.
// Signal-safe: yes: poll(2), write(2), send(2), fstat(2), clock_gettime(2).
// Lifetime:    functions.
#ifndef GMR_NATIVE_PLATFORM_RAW_WRITE_H_
#define GMR_NATIVE_PLATFORM_RAW_WRITE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gmr::platform {

struct WriteOutcome {
  size_t written_bytes = 0;
  int error = 0;  // 0: all written; ETIMEDOUT: the reader was too slow
};

WriteOutcome WriteWithDeadline(int fd, std::string_view text, int64_t deadline_ns);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_RAW_WRITE_H_

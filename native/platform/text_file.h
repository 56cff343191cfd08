// Bounded reading of small files, for /proc and for source lines.
//
// Owns:        nothing between calls.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PLATFORM_TEXT_FILE_H_
#define GMR_NATIVE_PLATFORM_TEXT_FILE_H_

#include <cstddef>
#include <string>

#include "result.h"

namespace gmr::platform {

// Reads a file of /proc in one go. `path` is relative to `directory_fd`
// (AT_FDCWD: the working directory). At most 4 KiB: every file that is read so is smaller.
Result<std::string> ReadProcFile(int directory_fd, const char* path);

// Reads a whole regular file. EFBIG when it is larger than `max_bytes`, EINVAL
// when it is no regular file: a FIFO with a source file's name must not block the reporter.
Result<std::string> ReadRegularFile(const std::string& path, size_t max_bytes);

// Unix time in ms of the last modification.
Result<double> ModifiedAtMs(const std::string& path);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_TEXT_FILE_H_

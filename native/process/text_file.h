// Bounded reading of files, for /proc, our own sources, and source maps.
//
// Owns:        nothing between calls.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PROCESS_TEXT_FILE_H_
#define GMR_NATIVE_PROCESS_TEXT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "../base/result.h"

namespace gmr::platform {

// Reads a file of /proc in one go. `path` is relative to `directory_fd`
// (AT_FDCWD: the working directory). At most 4 KiB: every file that is read so is smaller.
Result<std::string> ReadProcFile(int directory_fd, const char* path);

// Distinguishes a file from all others, and from its own earlier versions.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t bytes = 0;
  int64_t modified_s = 0;

  bool operator==(const FileIdentity&) const = default;
};

// Reads a whole regular file. EFBIG when it is larger than `max_bytes`, EINVAL
// when it is no regular file: a FIFO with a source file's name must not block the reporter.
// `identity` may be nullptr.
Result<std::string> ReadRegularFile(const std::string& path, size_t max_bytes,
                                    FileIdentity* identity = nullptr);

// Opens the file, so that an error also means that it cannot be read.
Result<FileIdentity> IdentifyFile(const std::string& path);

// The size of a regular file.
Result<int64_t> RegularFileSize(const std::string& path);

// Unix time in ms of the last modification.
Result<double> ModifiedAtMs(const std::string& path);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_TEXT_FILE_H_

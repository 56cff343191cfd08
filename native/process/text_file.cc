#include "text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "../base/scoped_fd.h"

namespace gmr::platform {

namespace {

constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

FileIdentity ToIdentity(const struct stat& facts) {
  return {static_cast<uint64_t>(facts.st_dev), static_cast<uint64_t>(facts.st_ino), facts.st_size,
          facts.st_mtime};
}

}  // namespace

Result<std::string> ReadProcFile(int directory_fd, const char* path) {
  const ScopedFd fd(openat(directory_fd, path, O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return SysError{errno, "opening a file of /proc"};
  char text[4096];
  const ssize_t length = read(fd.get(), text, sizeof text);
  if (length < 0) return SysError{errno, "reading a file of /proc"};
  return std::string(text, static_cast<size_t>(length));
}

Result<FileIdentity> IdentifyFile(const std::string& path) {
  const ScopedFd fd(open(path.c_str(), kOpenFlags));
  struct stat facts {};
  if (!fd.ok() || fstat(fd.get(), &facts) != 0) return SysError{errno, "examining the file"};
  return ToIdentity(facts);
}

Result<std::string> ReadRegularFile(const std::string& path, size_t max_bytes, FileIdentity* identity) {
  const ScopedFd fd(open(path.c_str(), kOpenFlags));
  if (!fd.ok()) return SysError{errno, "opening the file"};
  struct stat facts {};
  if (fstat(fd.get(), &facts) != 0) return SysError{errno, "examining the file"};
  if (!S_ISREG(facts.st_mode)) return SysError{EINVAL, "reading something that is no regular file"};
  if (static_cast<size_t>(facts.st_size) > max_bytes) return SysError{EFBIG, "reading the file"};

  if (identity != nullptr) *identity = ToIdentity(facts);
  std::string text(static_cast<size_t>(facts.st_size), '\0');
  size_t have = 0;
  while (have < text.size()) {
    const ssize_t length = read(fd.get(), text.data() + have, text.size() - have);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return SysError{errno, "reading the file"};
    if (length == 0) break;  // it shrank meanwhile
    have += static_cast<size_t>(length);
  }
  text.resize(have);
  return text;
}

Result<int64_t> RegularFileSize(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return SysError{errno, "examining the file"};
  if (!S_ISREG(facts.st_mode)) return SysError{EINVAL, "examining something that is no regular file"};
  return static_cast<int64_t>(facts.st_size);
}

Result<double> ModifiedAtMs(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return SysError{errno, "examining the file"};
#if defined(__APPLE__)
  const timespec& modified = facts.st_mtimespec;
#else
  const timespec& modified = facts.st_mtim;
#endif
  return static_cast<double>(modified.tv_sec) * 1e3 + static_cast<double>(modified.tv_nsec) / 1e6;
}

}  // namespace gmr::platform

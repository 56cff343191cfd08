#include "readable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace gmr::platform {

Result<ReadableFile> ReadableFile::Open(const std::string& path) {
  // Nonblocking: a FIFO with a module's name must not hold the reporter.
  ScopedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return SysError{errno, "opening a module's file"};
  struct stat facts {};
  if (fstat(fd.get(), &facts) != 0) return SysError{errno, "examining a module's file"};
  if (!S_ISREG(facts.st_mode)) return SysError{EINVAL, "reading a module's file"};
  return ReadableFile(std::move(fd));
}

bool ReadableFile::Read(uint64_t offset, void* to, size_t bytes) const {
  auto* out = static_cast<char*>(to);
  while (bytes > 0) {
    if (offset > static_cast<uint64_t>(LLONG_MAX)) return false;
    const ssize_t length = pread(fd_.get(), out, bytes, static_cast<off_t>(offset));
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return false;
    out += length;
    offset += static_cast<uint64_t>(length);
    bytes -= static_cast<size_t>(length);
  }
  return true;
}

std::string ReadableFile::ReadString(uint64_t offset, size_t max_bytes) const {
  if (offset > static_cast<uint64_t>(LLONG_MAX)) return std::string();
  std::string text(max_bytes, '\0');
  const ssize_t length = pread(fd_.get(), text.data(), text.size(), static_cast<off_t>(offset));
  const size_t end = text.substr(0, length > 0 ? static_cast<size_t>(length) : 0).find('\0');
  text.resize(end == text.npos ? 0 : end);
  return text;
}

}  // namespace gmr::platform

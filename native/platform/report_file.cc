#include "report_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "clock.h"
#include "scoped_fd.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

namespace gmr::platform {

namespace {

constexpr size_t kMaxServiceLength = 100;
// Names that are tried for one second of one service.
constexpr int kMaxCollisions = 10'000;
constexpr size_t kPieceBytes = size_t{1} << 20;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
constexpr const char* kTemporary = ".part";
#if defined(__linux__)
constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE, which older headers lack
#endif

bool IsPlain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string JoinPath(const std::string& directory, const std::string& name) {
  std::string path = directory;
  if (path.back() != '/') path += '/';
  return path += name;
}

// Like `mkdir -p`. What stands in the way is told by the open() that follows.
void MakeDirectories(const std::string& directory) {
  if (mkdir(directory.c_str(), kDirectoryMode) == 0 || errno != ENOENT) return;
  for (size_t at = directory.find('/', 1); at != directory.npos; at = directory.find('/', at + 1)) {
    mkdir(directory.substr(0, at).c_str(), kDirectoryMode);
  }
  mkdir(directory.c_str(), kDirectoryMode);
}

// 0 or an errno.
int WritePieces(int fd, std::string_view text, int64_t deadline_ns) {
  while (!text.empty()) {
    if (MonotonicNs() >= deadline_ns) return ETIMEDOUT;
    const ssize_t length = write(fd, text.data(), std::min(text.size(), kPieceBytes));
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return errno;
    text.remove_prefix(static_cast<size_t>(length));
  }
  return 0;
}

// Gives the file its final name unless that is taken (EEXIST). 0 or an errno.
int NameWithoutReplacing(int directory_fd, const char* from, const char* to) {
#if defined(__linux__)
  if (syscall(SYS_renameat2, directory_fd, from, directory_fd, to, kNoReplace) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != EPERM) return errno;
#elif defined(__APPLE__)
  if (renameatx_np(directory_fd, from, directory_fd, to, RENAME_EXCL) == 0) return 0;
  if (errno != EINVAL && errno != ENOTSUP) return errno;
#endif
  // File systems without that flag; a link never replaces.
  if (linkat(directory_fd, from, directory_fd, to, 0) == 0) {
    unlinkat(directory_fd, from, 0);
    return 0;
  }
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return errno;
  // Nor hard links. Between the look and the act another process may come: the last resort.
  struct stat facts {};
  if (fstatat(directory_fd, to, &facts, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  return renameat(directory_fd, from, directory_fd, to) == 0 ? 0 : errno;
}

// A complete file under a name that nobody looks for. 0 or an errno.
int WriteTemporary(int directory_fd, const std::string& name, std::string_view text, int64_t deadline_ns) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = openat(directory_fd, name.c_str(), kFlags, kFileMode);
  if (fd < 0 && errno == EEXIST) {
    // Left by a process that had our id and ended in this very second.
    unlinkat(directory_fd, name.c_str(), 0);
    fd = openat(directory_fd, name.c_str(), kFlags, kFileMode);
  }
  if (fd < 0) return errno;
  // Whatever the umask made of it.
  fchmod(fd, kFileMode);
  int error = WritePieces(fd, text, deadline_ns);
  // Network file systems tell only here that a quota is used up.
  if (close(fd) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error != 0) unlinkat(directory_fd, name.c_str(), 0);
  return error;
}

}  // namespace

std::string FileNamePart(std::string_view service) {
  std::string part;
  for (const char c : service.substr(0, kMaxServiceLength)) {
    const bool keeps = IsPlain(c) || c == '.' || c == '_' || c == '-';
    // "@scope/name" becomes "scope_name", and no name begins with a dot.
    if (!part.empty() || IsPlain(c)) part += keeps ? c : '_';
  }
  return part.empty() ? "node" : part;
}

std::string ReportFileName(const std::string& service, double wall_clock_ms) {
  const auto seconds = static_cast<time_t>(wall_clock_ms / 1e3);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &parts);
  return service + "_gurumeditation_" + stamp;
}

Result<std::string> WriteReportFile(const std::string& directory, const std::string& name,
                                    const std::string& extension, std::string_view text,
                                    int64_t deadline_ns) {
  MakeDirectories(directory);
  const ScopedFd folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.ok()) {
    struct stat facts {};
    const int error = errno;
    // O_DIRECTORY calls a link "not a directory".
    const bool is_link = lstat(directory.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode);
    return SysError{is_link ? ELOOP : error,
                    is_link ? "opening the directory, which is a symbolic link" : "opening the directory"};
  }
  const std::string temporary = "." + name + extension + "." + std::to_string(getpid()) + kTemporary;
  if (const int error = WriteTemporary(folder.get(), temporary, text, deadline_ns); error != 0) {
    return SysError{error, "writing the file"};
  }
  int error = EEXIST;
  for (int n = 0; error == EEXIST && n < kMaxCollisions; ++n) {
    std::string final_name = name;
    if (n > 0) final_name.append("_").append(std::to_string(n));
    final_name += extension;
    error = NameWithoutReplacing(folder.get(), temporary.c_str(), final_name.c_str());
    if (error == 0) return JoinPath(directory, final_name);
  }
  unlinkat(folder.get(), temporary.c_str(), 0);
  return SysError{error, "naming the file"};
}

}  // namespace gmr::platform

#include "report_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include "../base/clock.h"
#include "../base/own_calls.h"
#include "report_folder.h"
#include "report_names.h"
#include "report_rotation.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

namespace gmr::platform {

namespace {

// How many numbers are tried: another process may take the next one at the same time.
constexpr int kMaxCollisions = 10'000;
constexpr size_t kPieceBytes = size_t{1} << 20;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kAllModes = 07777;
#if defined(__linux__)
constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE, which older headers lack
#endif

std::string JoinPath(const std::string& directory, const std::string& name) {
  std::string path = directory;
  if (path.empty() || path.back() != '/') path += '/';
  return path += name;
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

void RemoveFile(int directory_fd, const char* name) {
  if (!IsForbidden(OwnCall::kUnlinkat)) unlinkat(directory_fd, name, 0);
}

// Gives the file its final name unless that is taken (EEXIST). 0 or an errno.
int NameWithoutReplacing(int directory_fd, const char* from, const char* to) {
#if defined(__linux__)
  if (!IsForbidden(OwnCall::kRenameat2) &&
      syscall(SYS_renameat2, directory_fd, from, directory_fd, to, kNoReplace) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != EPERM) return errno;
#elif defined(__APPLE__)
  if (renameatx_np(directory_fd, from, directory_fd, to, RENAME_EXCL) == 0) return 0;
  if (errno != EINVAL && errno != ENOTSUP) return errno;
#endif
  // File systems without that flag; a link never replaces.
  if (!IsForbidden(OwnCall::kLinkat) && linkat(directory_fd, from, directory_fd, to, 0) == 0) {
    RemoveFile(directory_fd, from);
    return 0;
  }
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return errno;
  // Nor hard links. Between the look and the act another process may come: the last resort.
  struct stat facts {};
  if (fstatat(directory_fd, to, &facts, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  if (IsForbidden(OwnCall::kRenameat)) return errno;
  return renameat(directory_fd, from, directory_fd, to) == 0 ? 0 : errno;
}

// Writes a complete file under a name that readers ignore. Returns 0 or an errno.
int WriteTemporary(int directory_fd, const std::string& name, std::string_view text, int64_t deadline_ns) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int fd = openat(directory_fd, name.c_str(), kFlags, kFileMode);
  if (fd < 0) return errno;
  // Whatever the umask made of it.
  struct stat facts {};
  if (fstat(fd, &facts) == 0 && (facts.st_mode & kAllModes) != kFileMode && !IsForbidden(OwnCall::kFchmod))
    fchmod(fd, kFileMode);
  int error = WritePieces(fd, text, deadline_ns);
  // Network file systems report an exceeded quota only when the file is closed.
  if (close(fd) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error != 0) RemoveFile(directory_fd, name.c_str());
  return error;
}

class ReportFiles {
 public:
  explicit ReportFiles(const ReportFileJob& job)
      : job_(job), service_(FileNamePart(job.service)), key_{ReportStamp(job.wall_clock_ms), 0} {}

  WrittenFiles Write() {
    WrittenFiles result;
    const auto folder = OpenReportFolder(job_.directory);
    if (!folder.ok()) {
      result.error = folder.error();
      return result;
    }
    result.warning = folder.value().warning;
    folder_fd_ = folder.value().fd.get();
    ReportRotation rotation(folder_fd_, service_, job_.deadline_ns);
    // The number above the highest one, not the lowest free one, so that names stay in order of time.
    key_.number = rotation.NextNumber(key_.stamp);
    for (const ReportPart& part : job_.parts) {
      result.error = WritePart(part);
      if (result.error.code != 0) break;
    }
    const std::string hindrance = rotation.RemoveOld(names_, job_.max_reports);
    if (!hindrance.empty() && result.warning.empty())
      result.warning =
          "GMR_ROTATION_SKIPPED: old reports in " + job_.directory + " are not removed: " + hindrance;
    KeepExisting(&result);
    return result;
  }

 private:
  SysError WritePart(const ReportPart& part) {
    const std::string temporary = TemporaryName(ReportName(service_, key_, part.extension));
    if (const int error = WriteTemporary(folder_fd_, temporary, part.text, job_.deadline_ns); error != 0)
      return {error, "writing the file"};
    int error = EEXIST;
    // The later parts get the number of the first.
    for (int tries = 0; error == EEXIST && tries < kMaxCollisions; ++tries) {
      if (tries > 0) ++key_.number;
      const std::string name = ReportName(service_, key_, part.extension);
      error = NameWithoutReplacing(folder_fd_, temporary.c_str(), name.c_str());
      if (error == 0) names_.push_back(name);
    }
    if (error != 0) RemoveFile(folder_fd_, temporary.c_str());
    return {error, "naming the file"};
  }

  // A path is only announced if the file is there: another process may have removed it or moved the folder.
  void KeepExisting(WrittenFiles* result) const {
    for (const std::string& name : names_) {
      const std::string path = JoinPath(job_.directory, name);
      struct stat written {};
      struct stat found {};
      if (fstatat(folder_fd_, name.c_str(), &written, AT_SYMLINK_NOFOLLOW) == 0 &&
          lstat(path.c_str(), &found) == 0 && written.st_dev == found.st_dev &&
          written.st_ino == found.st_ino) {
        result->paths.push_back(path);
      } else if (result->error.code == 0) {
        result->error = {ENOENT, "finding the file again after it was written"};
      }
    }
  }

  const ReportFileJob& job_;
  const std::string service_;
  ReportKey key_;
  int folder_fd_ = -1;
  std::vector<std::string> names_;  // of the files that were written
};

}  // namespace

WrittenFiles WriteReportFiles(const ReportFileJob& job) { return ReportFiles(job).Write(); }

}  // namespace gmr::platform

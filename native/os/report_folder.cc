#include "report_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <optional>
#include <utility>

#include "../base/own_calls.h"

namespace gmr::platform {

namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr int kMaxLinks = 40;  // the limit of the kernel
#if defined(O_PATH)
constexpr int kToWalk = O_PATH;  // works without the right to read the folders on the way
#else
constexpr int kToWalk = O_RDONLY;
#endif
constexpr int kFolderFlags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool IsOfAnotherUser(const struct stat& facts) { return facts.st_uid != 0 && facts.st_uid != geteuid(); }
bool IsWorldWritable(const struct stat& facts) { return (facts.st_mode & S_IWOTH) != 0; }

// Follows a path one name at a time, so that nothing on the way can change unnoticed.
class Walk {
 public:
  explicit Walk(const std::string& path) : wanted_(path) { Add(path); }

  Result<ReportFolder> Open() {
    if (!folder_.ok()) return SysError{errno, "opening the directory", path_};
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (const auto error = Enter(name)) return *error;
    }
    if (IsWorldWritable(facts_) && IsOfAnotherUser(facts_))
      return SysError{EPERM, "using a directory of another user that everyone may write to", path_};
    ScopedFd readable(openat(folder_.get(), ".", O_RDONLY | kFolderFlags));
    if (!readable.ok()) return SysError{errno, "opening the directory", path_};
    return ReportFolder{std::move(readable), Warning()};
  }

 private:
  using Error = std::optional<SysError>;

  // Puts the names of `path` before those that are still to be entered. A trailing "/" or "/." changes
  // nothing.
  void Add(const std::string& path) {
    if (!path.empty() && path.front() == '/') {
      MoveTo(open("/", kToWalk | kFolderFlags), "/");
    } else if (!folder_.ok()) {
      MoveTo(open(".", kToWalk | kFolderFlags), ".");
    }
    std::deque<std::string> names;
    for (size_t begin = 0; begin < path.size();) {
      const size_t end = std::min(path.find('/', begin), path.size());
      const std::string name = path.substr(begin, end - begin);
      if (!name.empty() && name != ".") names.push_back(name);
      begin = end + 1;
    }
    names_.insert(names_.begin(), names.begin(), names.end());
  }

  void MoveTo(int fd, std::string path) {
    folder_ = ScopedFd(fd);
    path_ = std::move(path);
    if (folder_.ok()) fstat(folder_.get(), &facts_);
  }

  std::string PathOf(const std::string& name) const {
    return path_ + (path_.back() == '/' ? "" : "/") + name;
  }

  Error Enter(const std::string& name) {
    int fd = openat(folder_.get(), name.c_str(), kToWalk | kFolderFlags);
    if (fd < 0 && errno == ENOENT) {
      if (IsForbidden(OwnCall::kMkdirat))
        return SysError{errno, "making the directory, which a seccomp filter forbids", PathOf(name)};
      if (mkdirat(folder_.get(), name.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
        return SysError{errno, "making the directory", PathOf(name)};
      fd = openat(folder_.get(), name.c_str(), kToWalk | kFolderFlags);
    }
    if (fd < 0) {
      if (errno == ENOTDIR || errno == ELOOP) return Follow(name);
      return SysError{errno, "opening the directory", PathOf(name)};
    }
    const bool anyone_could_make_it = IsWorldWritable(facts_) && name != "..";
    MoveTo(fd, PathOf(name));
    if (anyone_could_make_it && IsOfAnotherUser(facts_))
      return SysError{EPERM, "using a directory that another user has made where everyone may make one",
                      path_};
    return std::nullopt;
  }

  Error Follow(const std::string& name) {
    struct stat link {};
    const std::string path = PathOf(name);
    if (fstatat(folder_.get(), name.c_str(), &link, AT_SYMLINK_NOFOLLOW) != 0)
      return SysError{errno, "opening the directory", path};
    if (!S_ISLNK(link.st_mode)) return SysError{ENOTDIR, "opening the directory", path};
    if (names_.empty()) return SysError{ELOOP, "opening the directory, which is a symbolic link", path};
    if (IsOfAnotherUser(link)) return SysError{EPERM, "following a symbolic link of another user", path};
    char target[PATH_MAX];
    if (IsForbidden(OwnCall::kReadlinkat)) return SysError{errno, "following a symbolic link", path};
    const ssize_t length = readlinkat(folder_.get(), name.c_str(), target, sizeof target);
    if (length < 0 || ++links_ > kMaxLinks)
      return SysError{length < 0 ? errno : ELOOP, "following a symbolic link", path};
    Add(std::string(target, static_cast<size_t>(length)));
    if (!folder_.ok()) return SysError{errno, "following a symbolic link", path};
    return std::nullopt;
  }

  std::string Warning() const {
    if (!IsWorldWritable(facts_)) return "";
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(facts_.st_mode) & 07777U);
    const bool sticky = (facts_.st_mode & S_ISVTX) != 0;
    return "GMR_LOG_DIR_SHARED: everyone may write to " + wanted_ + " (mode " + mode +
           "), so other users can add files that look like reports" + (sticky ? "" : " and remove reports");
  }

  const std::string wanted_;
  ScopedFd folder_;
  std::string path_;  // of folder_
  struct stat facts_ {};
  std::deque<std::string> names_;
  int links_ = 0;
};

}  // namespace

Result<ReportFolder> OpenReportFolder(const std::string& path) { return Walk(path).Open(); }

}  // namespace gmr::platform

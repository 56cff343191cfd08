#include "file_watch.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gmr::platform {

namespace {

bool IsTrusted(const struct stat& facts) { return facts.st_uid == 0 || facts.st_uid == geteuid(); }

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

// In a folder with the sticky bit, such as /tmp, other users cannot replace a file of ours, but they can
// create one that is missing.
bool MayEveryoneTouch(const std::string& path) {
  struct stat file {};
  struct stat folder {};
  const bool exists = stat(path.c_str(), &file) == 0;
  if (exists && (file.st_mode & S_IWOTH) != 0) return true;
  if (stat(FolderOf(path).c_str(), &folder) != 0 || (folder.st_mode & S_IWOTH) == 0) return false;
  return (folder.st_mode & S_ISVTX) == 0 || !exists || !IsTrusted(file);
}

}  // namespace

FileWatch::FileWatch(std::string path) : path_(std::move(path)) {
  if (const auto state = Examine(); state.ok()) last_ = state.value();
}

Result<std::optional<FileWatch::State>> FileWatch::Examine() const {
  struct stat facts {};
  if (stat(path_.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<State>();
    return SysError{errno, "examining the watched file"};
  }
#if defined(__APPLE__)
  const timespec& modified = facts.st_mtimespec;
#else
  const timespec& modified = facts.st_mtim;
#endif
  State state;
  state.device = static_cast<uint64_t>(facts.st_dev);
  state.inode = static_cast<uint64_t>(facts.st_ino);
  state.size = static_cast<int64_t>(facts.st_size);
  state.modified_s = modified.tv_sec;
  state.modified_ns = modified.tv_nsec;
  return std::optional<State>(state);
}

Result<bool> FileWatch::Look() {
  const auto state = Examine();
  if (!state.ok()) {
    const bool is_news = state.error().code != last_error_;
    last_error_ = state.error().code;
    if (is_news) return state.error();
    return false;
  }
  last_error_ = 0;
  const bool touched = state.value().has_value() && state.value() != last_;
  may_be_news_ = may_be_news_ || touched;
  last_ = state.value();
  return touched;
}

bool FileWatch::IsNewlyShared() {
  if (is_shared_ || !may_be_news_) return false;
  may_be_news_ = false;
  is_shared_ = MayEveryoneTouch(path_);
  return is_shared_;
}

}  // namespace gmr::platform

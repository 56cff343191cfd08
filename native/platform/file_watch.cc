#include "file_watch.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace gmr::platform {

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
  last_ = state.value();
  return touched;
}

}  // namespace gmr::platform

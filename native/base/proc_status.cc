#include "proc_status.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "scoped_fd.h"

namespace gmr::platform {

namespace {

// Longer than every line with a number. "Groups" may be longer; the rest of it is skipped.
constexpr size_t kLineBytes = 128;

// Finds one line in a text that arrives in pieces.
class LineSearch {
 public:
  explicit LineSearch(const char* key) : key_(key), key_length_(std::strlen(key)) {}

  // True when the line is complete.
  bool Add(char c) {
    if (c != '\n') {
      if (length_ < kLineBytes - 1) line_[length_++] = c;
      return false;
    }
    line_[length_] = '\0';
    const bool found =
        length_ > key_length_ && std::memcmp(line_, key_, key_length_) == 0 && line_[key_length_] == ':';
    length_ = 0;
    return found;
  }

  int64_t number() const { return std::strtoll(line_ + key_length_ + 1, nullptr, 10); }

 private:
  const char* const key_;
  const size_t key_length_;
  char line_[kLineBytes] = {};
  size_t length_ = 0;
};

std::optional<int64_t> ReadNumber(const char* path, const char* key) {
  const ScopedFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return std::nullopt;
  LineSearch search(key);
  char piece[1024];
  for (;;) {
    const ssize_t length = read(fd.get(), piece, sizeof piece);
    if (length <= 0) return std::nullopt;
    for (ssize_t i = 0; i < length; ++i) {
      if (search.Add(piece[i])) return search.number();
    }
  }
}

}  // namespace

std::optional<int64_t> ReadStatusNumber(const char* key) { return ReadNumber("/proc/self/status", key); }

std::optional<int64_t> ReadThreadStatusNumber(int tid, const char* key) {
  char path[48];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
  return ReadNumber(path, key);
}

}  // namespace gmr::platform

// FileWatch: tells whether a file was touched, by looking at it.
//
// Owns:        what the file was like at the last look.
// Threads:     one at a time: made by the main thread, then the reporter's.
// Signal-safe: no.
// Lifetime:    plain object.
//
// Looks instead of inotify: that needs a descriptor and a limited kernel
// resource, does not see changes made by other hosts of a network file system,
// and cannot wait for a folder that does not exist yet.
#ifndef GMR_NATIVE_OS_FILE_WATCH_H_
#define GMR_NATIVE_OS_FILE_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "../base/result.h"

namespace gmr::platform {

class FileWatch {
 public:
  // What is there now is no news. `path` is absolute: the working directory may change.
  explicit FileWatch(std::string path);

  // True when the file was touched, written, replaced or made since the last
  // look; for a folder: when a name in it came or went. A file that is missing,
  // or goes away, is waited for. An error other than that is returned once, and
  // the next look that succeeds is compared with the last one that did.
  Result<bool> Look();

  // Returns true once, when every user of the system may touch the file or replace it in its folder. Call it
  // after each Look().
  bool IsNewlyShared();

  const std::string& path() const { return path_; }

 private:
  // Times are compared for difference only, never for order: a clock that was
  // set back, or a time in the future, mutes nothing. The time of change
  // (ctime) is left out: chmod asks for nothing.
  struct State {
    uint64_t device = 0;
    uint64_t inode = 0;
    int64_t size = 0;
    int64_t modified_s = 0;
    int64_t modified_ns = 0;
    bool operator==(const State&) const = default;
  };

  // nullopt: there is no such file.
  Result<std::optional<State>> Examine() const;

  const std::string path_;
  std::optional<State> last_;
  int last_error_ = 0;
  // True when the permissions must be read: at first, and after each change.
  bool may_be_news_ = true;
  bool is_shared_ = false;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_FILE_WATCH_H_

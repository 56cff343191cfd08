#include "stderr_identity.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <string>

#include "../base/monitor.h"

namespace gmr::platform {

namespace {

struct Remembered {
  Monitor monitor;
  // Guarded by monitor:
  bool known = false;
  bool open = false;
  dev_t device = 0;
  ino_t inode = 0;
  mode_t type = 0;
  std::string path;  // of a regular file
};

Remembered& TheStderr() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, as threads may outlive static destructors
  static auto* remembered = new Remembered;
  return *remembered;
}

// Empty if the system does not provide it.
std::string PathOf(int fd) {
#if defined(__linux__)
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  char path[PATH_MAX];
  const ssize_t length = readlink(link.c_str(), path, sizeof path);
  if (length > 0 && static_cast<size_t>(length) < sizeof path) return {path, static_cast<size_t>(length)};
#else
  (void)fd;
#endif
  return {};
}

bool IsStdoutToo(const OutputFd& output) {
  struct stat facts {};
  const int flags = fcntl(STDOUT_FILENO, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(STDOUT_FILENO, &facts) != 0) return false;
  if (facts.st_dev != output.facts().st_dev || facts.st_ino != output.facts().st_ino) return false;
  return !S_ISREG(facts.st_mode) || (output.flags() & flags & O_APPEND) != 0;
}

}  // namespace

void RememberStderr() {
  struct stat facts {};
  const bool open = fstat(STDERR_FILENO, &facts) == 0;
  std::string path = open && S_ISREG(facts.st_mode) ? PathOf(STDERR_FILENO) : "";
  Remembered& remembered = TheStderr();
  const Monitor::Lock lock(remembered.monitor);
  remembered.known = true;
  remembered.open = open;
  remembered.device = facts.st_dev;
  remembered.inode = facts.st_ino;
  remembered.type = facts.st_mode & S_IFMT;
  remembered.path = std::move(path);
}

bool IsStderr(const OutputFd& output) {
  const struct stat& facts = output.facts();
  Remembered& remembered = TheStderr();
  {
    const Monitor::Lock lock(remembered.monitor);
    if (!remembered.known) return true;
    const mode_t type = facts.st_mode & S_IFMT;
    if (remembered.open && remembered.type == type) {
      if (remembered.device == facts.st_dev && remembered.inode == facts.st_ino) return true;
      if (type == S_IFREG && !remembered.path.empty() && remembered.path == PathOf(output.get())) return true;
    }
  }
  return IsStdoutToo(output);
}

}  // namespace gmr::platform

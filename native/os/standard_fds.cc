#include "standard_fds.h"

#include <fcntl.h>
#include <unistd.h>

namespace gmr::platform {

StandardFdsTaken::StandardFdsTaken() {
  for (int& taken : taken_) {
    // The lowest free number. Not writable: writing to a closed stderr must go on failing.
    const int fd = open("/", O_RDONLY | O_CLOEXEC);
    if (fd > STDERR_FILENO) close(fd);
    if (fd < 0 || fd > STDERR_FILENO) return;
    taken = fd;
  }
}

StandardFdsTaken::~StandardFdsTaken() {
  for (const int fd : taken_) {
    if (fd >= 0) close(fd);
  }
}

}  // namespace gmr::platform

#include "thread_name.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cstring>

#if defined(__linux__)
#include <sys/syscall.h>

#include <cstdio>
#endif

#include "scoped_fd.h"

namespace gmr::platform {

#if defined(__APPLE__)

void NameThisThread(const char* name) { pthread_setname_np(name); }

#else

// Writes the name to the thread's file in /proc: for the calling thread, pthread_setname_np(3) would call
// prctl(2), which Node may not call and for which a seccomp filter may kill the process.
void NameThisThread(const char* name) {
  char path[48];
  std::snprintf(path, sizeof path, "/proc/self/task/%ld/comm", syscall(SYS_gettid));
  const ScopedFd fd(open(path, O_WRONLY | O_CLOEXEC));
  // A failure is ignored, because nothing depends on the name.
  if (fd.ok() && write(fd.get(), name, std::strlen(name)) < 0) return;
}

#endif

}  // namespace gmr::platform

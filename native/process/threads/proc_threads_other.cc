#include "proc_threads.h"

#include <unistd.h>

#include <cerrno>

namespace gmr::platform {

namespace {
SysError NotSupported() { return {ENOTSUP, "reading thread states"}; }
}  // namespace

bool ThreadStatus::InEventPoll() const { return false; }
int CurrentThreadId() { return 0; }
int ParentPid() { return getppid(); }
Result<ThreadStatus> ReadThreadStatus(int) { return NotSupported(); }
Result<std::vector<int>> ListThreads() { return NotSupported(); }
Result<double> ResidentBytes() { return NotSupported(); }

}  // namespace gmr::platform

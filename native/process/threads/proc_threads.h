// What the operating system knows about the threads of this process.
//
// Owns:        nothing between calls.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates, opens files.
// Lifetime:    functions. Linux only; elsewhere every call returns ENOTSUP.
#ifndef GMR_NATIVE_PROCESS_THREADS_PROC_THREADS_H_
#define GMR_NATIVE_PROCESS_THREADS_PROC_THREADS_H_

#include <optional>
#include <string>
#include <vector>

#include "../../base/result.h"
#include "../proc_parse.h"

namespace gmr::platform {

struct ThreadStatus {
  int tid = 0;
  std::string name;
  char state = '?';
  // Absent: it runs, or the kernel does not tell (PR_SET_DUMPABLE 0).
  std::optional<ThreadSyscall> syscall;
  double cpu_user_ms = 0;
  double cpu_system_ms = 0;
  uint64_t start_ticks = 0;  // since boot; with the tid, it identifies a thread

  // Asleep in the call in which an event loop waits for events. A synchronous
  // child process waits in the same call, on a loop of its own, so this alone
  // does not prove that a thread is idle.
  bool InEventPoll() const;
};

// Process id of the parent; 0 when it is in another pid namespace or unknown.
int ParentPid();

// Thread id of the caller, gettid(2).
int CurrentThreadId();

Result<ThreadStatus> ReadThreadStatus(int tid);

// Ids of all threads of the process, ascending.
Result<std::vector<int>> ListThreads();

// Resident set size of the process in bytes.
Result<double> ResidentBytes();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_PROC_THREADS_H_

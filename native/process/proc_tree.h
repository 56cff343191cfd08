// The processes below this one, as the operating system knows them.
//
// Owns:        nothing between calls.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates, opens files.
// Lifetime:    functions. Linux only; elsewhere ReadProcessTree() returns ENOTSUP, and no age is known.
//
// Only files of /proc are read whose reading cannot be held up by the process
// that they describe; see ReadCommand() in the implementation.
#ifndef GMR_NATIVE_PROCESS_PROC_TREE_H_
#define GMR_NATIVE_PROCESS_PROC_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../base/result.h"
#include "../base/unmasked.h"

namespace gmr::platform {

// Fields of /proc/<pid>/stat that a report uses, proc_pid_stat(5).
struct ProcessStat {
  std::string name;
  char state = '?';  // R running, S sleeping, D disk sleep, Z zombie...
  int ppid = 0;
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  uint64_t start_ticks = 0;  // since boot
  int64_t resident_pages = 0;
};

struct ProcessInfo {
  int pid = 0;
  int ppid = 0;
  std::string name;  // as the kernel has it, 15 bytes
  char state = '?';
  // Real user; absent: not readable.
  std::optional<unsigned> uid;
  std::string user;  // empty: the user is not in /etc/passwd
  // When empty, `command_missing` has the reason.
  std::vector<Unmasked> command;
  bool command_cut = false;  // longer than what /proc is read for
  std::string command_missing;
  // What its main thread sleeps in; empty: it runs, it was not looked at, or the kernel does not show it.
  Unmasked syscall;
  double age_ms = 0;
  double cpu_user_ms = 0;
  double cpu_system_ms = 0;
  double resident_bytes = 0;
};

struct ProcessTree {
  // This process first, then its descendants, each behind its parent.
  std::vector<ProcessInfo> processes;
  // Descendants that were seen and are not described, because of a limit.
  size_t left_out = 0;
  // Not every process was looked at: time or the limit was over. Then some
  // descendants may not have been seen at all.
  bool incomplete = false;
};

struct ProcessTreeLimits {
  size_t max_processes = 256;    // described
  size_t max_looked_at = 32768;  // of all that are in /proc
  int64_t deadline_ns = 0;       // MonotonicNs(); 0: none
};

Result<ProcessStat> ParseProcessStat(std::string_view text);

// The arguments in /proc/<pid>/cmdline. A process that has written a title over
// them may leave blanks or zeros behind; those are no arguments.
std::vector<std::string> SplitCommand(std::string_view text);

// Name of a user in the text of /etc/passwd; empty when it is not there.
std::string_view FindUserName(std::string_view passwd, unsigned uid);

// Linux only: ENOTSUP elsewhere.
Result<ProcessStat> ReadProcessStat(int pid);
// Returns the arguments of a process, up to 4 KiB. Must not be called for a process in state D: see
// ReadCommand() in the implementation.
Result<std::vector<std::string>> ReadCommandLine(int pid);

// A process that ends meanwhile is left out, and so are its former children:
// they have another parent now.
Result<ProcessTree> ReadProcessTree(const ProcessTreeLimits& limits);

// Since this process started, with the time that the machine was suspended, to a tick (10 ms); -1: not known.
double OwnAgeMs();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_PROC_TREE_H_

// Parsers of what /proc/self/task/<tid>/ holds. Pure: text in, values out.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PROCESS_PROC_PARSE_H_
#define GMR_NATIVE_PROCESS_PROC_PARSE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "../base/result.h"

namespace gmr::platform {

// Fields of /proc/<pid>/task/<tid>/stat that a report uses, proc_pid_stat(5).
struct ThreadStat {
  std::string name;
  char state = '?';  // R running, S sleeping, D disk sleep, T stopped...
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  uint64_t start_ticks = 0;  // since boot
};

// The first and the two last fields of /proc/<pid>/task/<tid>/syscall.
// A thread that runs has none: the file then says "running".
struct ThreadSyscall {
  int64_t number = -1;  // -1: blocked, but not in a system call (a page fault)
  uint64_t stack_pointer = 0;
  uint64_t program_counter = 0;

  bool operator==(const ThreadSyscall&) const = default;
};

Result<ThreadStat> ParseThreadStat(std::string_view text);

// nullopt: the thread runs. An error: the text is not of the documented form.
Result<std::optional<ThreadSyscall>> ParseThreadSyscall(std::string_view text);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_PROC_PARSE_H_

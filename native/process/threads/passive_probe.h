// Where a thread is blocked, read from /proc without touching the thread.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no; but ReadThreadPlace() takes no lock and does not allocate: the
//              thread that it looks at may be blocked inside malloc or the loader.
// Lifetime:    functions and plain values. Linux only; elsewhere kUnreadable.
//
// A stack that is read while its thread runs is nonsense. So: read the place,
// read the stack, read the place again, and believe the stack only if Unmoved().
#ifndef GMR_NATIVE_PROCESS_THREADS_PASSIVE_PROBE_H_
#define GMR_NATIVE_PROCESS_THREADS_PASSIVE_PROBE_H_

#include <cstdint>
#include <string_view>

#include "../../base/registers.h"

namespace gmr::platform {

enum class PlaceState : uint8_t {
  kBlocked,     // the rest of the place is valid
  kRunning,     // on a CPU, or waiting for one
  kUnreadable,  // the thread has ended, or the kernel does not tell (PR_SET_DUMPABLE 0)
};

struct ThreadPlace {
  PlaceState state = PlaceState::kUnreadable;
  int64_t syscall = -1;  // -1: blocked, but not in a system call (a page fault)
  uint64_t arguments[6] = {};
  uint64_t stack_pointer = 0;
  uint64_t program_counter = 0;
  // How often it was put on a CPU and for how long: both grow when it runs.
  // Where the kernel has no schedstat, switches between threads, and no time.
  uint64_t times_scheduled = 0;
  uint64_t cpu_ns = 0;

  // The two registers that are known, to start unwinding. The pc is exact: it
  // is behind the instruction that entered the kernel, where the thread goes on.
  Registers ToRegisters() const;

  bool operator==(const ThreadPlace&) const = default;
};

ThreadPlace ReadThreadPlace(int tid);

// Are the kernel's places ours? An emulator (qemu-user, Rosetta) runs us on the kernel of another processor:
// what it tells of a thread are its own numbers of system calls, and the emulator's registers. True where
// nobody tells.
bool KernelTellsOurPlaces();

// Whether the thread was blocked all the time between the two.
inline bool Unmoved(const ThreadPlace& before, const ThreadPlace& after) {
  return before.state == PlaceState::kBlocked && before == after;
}

// Pure parsers of what ReadThreadPlace() reads; false when the text is not of
// the documented form. `syscall_text` is /proc/<pid>/task/<tid>/syscall.
bool ParseSyscallText(std::string_view syscall_text, ThreadPlace* place);
bool ParseSchedstat(std::string_view schedstat_text, ThreadPlace* place);
bool ParseStatusSwitches(std::string_view status_text, ThreadPlace* place);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_PASSIVE_PROBE_H_

// Names of the system calls in which threads of a Node process are found.
//
// Owns:        a constant table.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PROCESS_THREADS_SYSCALL_NAMES_H_
#define GMR_NATIVE_PROCESS_THREADS_SYSCALL_NAMES_H_

#include <cstdint>

namespace gmr::platform {

// nullptr when the table does not have it; the number is then all there is.
const char* SyscallName(int64_t number);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_SYSCALL_NAMES_H_

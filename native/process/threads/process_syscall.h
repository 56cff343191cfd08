// Says in words what the main thread of another process waits for.
//
// Owns:        nothing.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates, opens files.
// Lifetime:    function. Linux only; elsewhere the text is empty.
//
// Only files of /proc are read. The memory of the process is not: arguments that point into it are omitted.
#ifndef GMR_NATIVE_PROCESS_THREADS_PROCESS_SYSCALL_H_
#define GMR_NATIVE_PROCESS_THREADS_PROCESS_SYSCALL_H_

#include <string>

namespace gmr::platform {

// "write(fd 1 -> pipe:[812])", "wait4(pid 813 sleep 60)", "futex". Where the kernel shows no system call of
// the process, the function of the kernel that it sleeps in: "pipe_write". Empty when it runs, or when the
// kernel shows neither: it does so for processes of the same user only.
std::string DescribeProcessSyscall(int pid);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_PROCESS_SYSCALL_H_

// Queues a signal for another process as a request for a report.
//
// Owns:        nothing; the descriptor of OpenProcess() is the caller's.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions. Linux only; elsewhere ENOSYS.
//
// A signal that is queued with kRequestValue of signal_handler.h reaches gmr-native in the other process, but
// none of the application's listeners.
#ifndef GMR_NATIVE_OS_QUEUE_SIGNAL_H_
#define GMR_NATIVE_OS_QUEUE_SIGNAL_H_

#include "../base/result.h"

namespace gmr::platform {

// Returns a descriptor (pidfd) that refers to this process even after its pid is reused. Fails on Linux
// before 5.3, or when a system call filter denies it.
Result<int> OpenProcess(int pid);

// `process_fd` comes from OpenProcess(), or is -1 to address the process by its pid.
Result<bool> QueueRequest(int pid, int process_fd, int signal_number);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_QUEUE_SIGNAL_H_

// Says in words what a file descriptor, a socket address or a process is.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no; but it takes no lock of this process and does not allocate:
//              the thread that is described may be blocked inside malloc.
// Lifetime:    functions. Addresses are numbers: no name is ever looked up.
#ifndef GMR_NATIVE_PROCESS_THREADS_FD_DESCRIBE_H_
#define GMR_NATIVE_PROCESS_THREADS_FD_DESCRIBE_H_

#include <sys/socket.h>

#include <cstddef>

#include "../../base/text_buffer.h"

namespace gmr::platform {

// "fd 24 -> /var/run/jobs.fifo", "fd 7 -> 10.0.0.7:5432", "fd 3 listening on
// 0.0.0.0:80", "fd 1 -> pipe:[123]". The descriptor may be closed and used anew
// meanwhile: then it says what it is now.
void AppendFd(int fd, TextBuffer* to);

// "10.0.0.7:5432", "[::1]:80", "/run/x.sock", "@abstract". False, and nothing is
// appended, when the address has no name.
bool AppendSocketAddress(const sockaddr_storage& address, size_t bytes, TextBuffer* to);

// "pid 812 node worker.js"; the command is cut to a few words.
void AppendProcess(int pid, TextBuffer* to);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_FD_DESCRIBE_H_

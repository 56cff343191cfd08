// Says in words what a blocked thread waits for.
//
// Owns:        a constant table.
// Threads:     one per MemoryReader.
// Signal-safe: no; but it takes no lock of this process and does not allocate:
//              the thread that is described may be blocked inside malloc.
// Lifetime:    functions. Linux only; elsewhere texts are empty.
//
// Pointers among the arguments lead to memory of the blocked thread, which may
// have gone on meanwhile: so the words may be wrong, and only the words.
// Control characters of paths are passed on as they are; views escape them.
#ifndef GMR_NATIVE_PROCESS_THREADS_SYSCALL_DESCRIBE_H_
#define GMR_NATIVE_PROCESS_THREADS_SYSCALL_DESCRIBE_H_

#include <cstdint>

#include "../../base/text_buffer.h"
#include "../safe_read.h"
#include "passive_probe.h"

namespace gmr::platform {

// "read(fd 24 -> /var/run/jobs.fifo)", "wait4(pid 812 node worker.js)". The name
// alone where the arguments would not help; empty when the thread is not blocked.
TextBuffer DescribeSyscall(const ThreadPlace& place, MemoryReader* reader);

// Whether the first argument of a system call is a descriptor.
bool BeginsWithDescriptor(int64_t number);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_THREADS_SYSCALL_DESCRIBE_H_

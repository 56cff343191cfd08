// StartThread: starts a thread that takes no signals.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
//
// All signals are blocked in the new thread, so no handler of the application runs on it, and a write to a
// pipe without a reader or to a terminal in the background only returns an error. The stack has a stated size
// because defaults differ: 8 MiB with glibc, 128 KiB with musl.
#ifndef GMR_NATIVE_BASE_THREAD_START_H_
#define GMR_NATIVE_BASE_THREAD_START_H_

#include <pthread.h>

#include <cstddef>

namespace gmr::platform {

// 0 or an errno. The caller must join `thread`.
int StartThread(size_t stack_bytes, void* (*run)(void*), void* argument, pthread_t* thread);
// 0 or an errno. Nothing joins the thread.
int StartDetachedThread(size_t stack_bytes, void* (*run)(void*), void* argument);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_THREAD_START_H_

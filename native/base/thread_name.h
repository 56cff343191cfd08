// NameThisThread: the name by which the operating system lists a thread.
//
// Owns:        nothing.
// Threads:     any, for itself.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_BASE_THREAD_NAME_H_
#define GMR_NATIVE_BASE_THREAD_NAME_H_

namespace gmr::platform {

// `name` has at most 15 characters. Without /proc, the thread keeps the name of the thread that started it.
void NameThisThread(const char* name);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_THREAD_NAME_H_

// LowerThreadPriority: lets all other threads go first.
//
// Owns:        nothing.
// Threads:     any, for itself.
// Signal-safe: no.
// Lifetime:    until the thread ends: a process without rights cannot take it back.
#ifndef GMR_NATIVE_BASE_THREAD_PRIORITY_H_
#define GMR_NATIVE_BASE_THREAD_PRIORITY_H_

namespace gmr::platform {

// Nice 19, of this thread only, as setpriority(2) does it on Linux. Nothing where it may not be made.
void LowerThreadPriority();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_THREAD_PRIORITY_H_

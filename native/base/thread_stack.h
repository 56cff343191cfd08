// Where the calling thread's stack ends.
//
// Owns:        nothing.
// Threads:     any thread that pthread_create(3) made.
// Signal-safe: no: pthread_getattr_np(3) may allocate.
// Lifetime:    function.
#ifndef GMR_NATIVE_BASE_THREAD_STACK_H_
#define GMR_NATIVE_BASE_THREAD_STACK_H_

#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace gmr::platform {

// The lowest address that the stack may grow to; 0 when it cannot be known.
// What was asked for at creation does not tell: glibc takes the thread-local
// storage of all libraries out of it, and a sanitizer has a lot of that.
inline uintptr_t LowestStackAddress() {
#if defined(__APPLE__)
  const auto highest = reinterpret_cast<uintptr_t>(pthread_get_stackaddr_np(pthread_self()));
  return highest - pthread_get_stacksize_np(pthread_self());
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest);
#endif
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_THREAD_STACK_H_

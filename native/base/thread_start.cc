#include "thread_start.h"

#include <csignal>

namespace gmr::platform {

int StartThread(size_t stack_bytes, void* (*run)(void*), void* argument, pthread_t* thread) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  // The new thread inherits the mask.
  sigset_t all;
  sigset_t earlier;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &earlier);
  const int error = pthread_create(thread, &attributes, run, argument);
  pthread_sigmask(SIG_SETMASK, &earlier, nullptr);
  pthread_attr_destroy(&attributes);
  return error;
}

int StartDetachedThread(size_t stack_bytes, void* (*run)(void*), void* argument) {
  pthread_t thread{};
  const int error = StartThread(stack_bytes, run, argument, &thread);
  if (error == 0) pthread_detach(thread);
  return error;
}

}  // namespace gmr::platform

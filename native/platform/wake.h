// WakeChannel: lets any thread, and signal context, wake the reporter thread.
//
// Owns:        one semaphore (a pipe on Darwin, which has no unnamed ones).
// Threads:     Wake() from any thread; Wait() and Drain() from the reporter only.
// Signal-safe: PostFromHandler() of signal_handler.h does the same as Wake()
//              from a handler; nothing else here may be called there.
// Lifetime:    made once, never destroyed: a late signal must not find it gone.
#ifndef GMR_NATIVE_PLATFORM_WAKE_H_
#define GMR_NATIVE_PLATFORM_WAKE_H_

#if defined(__APPLE__)
#include <cstddef>
#else
#include <semaphore.h>
#endif

namespace gmr::platform {

#if defined(__APPLE__)
struct WakeHandle {
  int write_fd;
};
#else
using WakeHandle = sem_t;
#endif

class WakeChannel {
 public:
  WakeChannel();
  WakeChannel(const WakeChannel&) = delete;
  WakeChannel& operator=(const WakeChannel&) = delete;

  void Wake();
  // Sleeps without a deadline: this is the steady state, one futex(2) or read(2)
  // that is entered once and costs nothing until a report is asked for.
  void Wait();
  // Takes every further wake-up that is there already, so that a storm of
  // signals becomes one report.
  void Drain();

  // What the signal handler posts to.
  WakeHandle* handle() { return &handle_; }

 private:
  WakeHandle handle_{};
#if defined(__APPLE__)
  int read_fd_ = -1;
#endif
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_WAKE_H_

// WakeChannel: lets any thread, and signal context, wake the reporter thread.
//
// Owns:        one counter that the kernel waits on (a pipe where futexes cannot be used).
// Threads:     Wake() from any thread; Wait*() and Drain() from the reporter only.
// Signal-safe: PostFromHandler() of signal_handler.h does the same as Wake()
//              from a handler; nothing else here may be called there.
// Lifetime:    made once, never destroyed: a late signal must not find it gone.
//
// Why not sem_t: sem_timedwait() waits against the wall clock, so that a clock
// that is set back would mute it, and sem_clockwait() is newer than the C
// library that Node itself needs.
#ifndef GMR_NATIVE_OS_WAKE_H_
#define GMR_NATIVE_OS_WAKE_H_

#include <atomic>
#include <cstdint>

// ThreadSanitizer keeps a signal back until its thread is in a call that is known to block, as poll(2); that
// syscall(2) may be one it does not know.
#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
#define GMR_WAKE_BY_FUTEX 1
#else
#define GMR_WAKE_BY_FUTEX 0
#endif

namespace gmr::platform {

struct WakeHandle {
#if GMR_WAKE_BY_FUTEX
  std::atomic<uint32_t> pending{0};
#else
  int write_fd = -1;
#endif
};

class WakeChannel {
 public:
  WakeChannel();
  WakeChannel(const WakeChannel&) = delete;
  WakeChannel& operator=(const WakeChannel&) = delete;

  void Wake();
  // Sleeps without a deadline: this is the steady state, one futex(2) or poll(2)
  // that is entered once and costs nothing until a report is asked for.
  void Wait();
  // The same, until MonotonicNs() reaches `deadline_ns` at the latest.
  void WaitUntil(int64_t deadline_ns);
  // Takes every further wake-up that is there already, so that a storm of
  // signals becomes one report.
  void Drain();

  // What the signal handler posts to.
  WakeHandle* handle() { return &handle_; }

 private:
  WakeHandle handle_;
#if !GMR_WAKE_BY_FUTEX
  int read_fd_ = -1;
#endif
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_WAKE_H_

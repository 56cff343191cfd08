// Monitor: a mutex with one condition, waited for against a monotonic deadline.
//
// Owns:        one pthread mutex and one pthread condition.
// Threads:     any; Wait*() needs the lock.
// Signal-safe: no.
// Lifetime:    guards process-wide state, so most instances are leaked on
//              purpose: a thread may still wait while exit() runs.
//
// Why not std::condition_variable: its wait_until on a steady clock binds to
// pthread_cond_clockwait, which needs a newer glibc than Node itself does and
// which ThreadSanitizer of GCC 12 does not know.
#ifndef GMR_NATIVE_BASE_MONITOR_H_
#define GMR_NATIVE_BASE_MONITOR_H_

#include <pthread.h>

#include <cerrno>
#include <cstdint>

#include "clock.h"

namespace gmr::platform {

class Monitor {
 public:
  Monitor() {
    pthread_mutex_init(&mutex_, nullptr);
#if defined(__APPLE__)
    pthread_cond_init(&changed_, nullptr);
#else
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&changed_, &attributes);
    pthread_condattr_destroy(&attributes);
#endif
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor() {
    pthread_cond_destroy(&changed_);
    pthread_mutex_destroy(&mutex_);
  }

  // Holds the monitor for a scope.
  class Lock {
   public:
    explicit Lock(Monitor& monitor) : monitor_(monitor) { pthread_mutex_lock(&monitor_.mutex_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { pthread_mutex_unlock(&monitor_.mutex_); }

    // Waits until `condition` holds or MonotonicNs() reaches `deadline_ns`.
    // Returns whether it holds. `condition` is called with the lock held.
    template <typename Condition>
    bool WaitUntil(int64_t deadline_ns, Condition condition) {
      while (!condition()) {
        if (!monitor_.TimedWait(deadline_ns)) return condition();
      }
      return true;
    }

   private:
    Monitor& monitor_;
  };

  // May be called with or without the lock.
  void NotifyAll() { pthread_cond_broadcast(&changed_); }

 private:
  // False when the deadline has passed.
  bool TimedWait(int64_t deadline_ns) {
#if defined(__APPLE__)
    // Darwin has no clock attribute, but a relative wait of its own.
    const int64_t left = deadline_ns - MonotonicNs();
    if (left <= 0) return false;
    const timespec relative{left / kNsPerSecond, left % kNsPerSecond};
    return pthread_cond_timedwait_relative_np(&changed_, &mutex_, &relative) != ETIMEDOUT;
#else
    const timespec until{deadline_ns / kNsPerSecond, deadline_ns % kNsPerSecond};
    return pthread_cond_timedwait(&changed_, &mutex_, &until) != ETIMEDOUT;
#endif
  }

  pthread_mutex_t mutex_;
  pthread_cond_t changed_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_MONITOR_H_

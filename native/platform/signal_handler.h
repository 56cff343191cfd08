// The signal handler: it notes who sent the signal and wakes the reporter.
//
// Owns:        a few static atomics; nothing is allocated.
// Threads:     the handler runs on whichever thread the kernel picks, at any
//              instruction; TakeSignal() on the reporter thread only.
// Signal-safe: HandleSignal() and PostFromHandler(). A test reads the undefined
//              symbols of this unit's object file: only syscall (write on
//              Darwin), clock_gettime, sigaddset and errno may appear. Never add a lock,
//              an allocation or a library call here.
// Lifetime:    static storage without destructors, so that a signal during
//              exit() finds everything in place.
#ifndef GMR_NATIVE_PLATFORM_SIGNAL_HANDLER_H_
#define GMR_NATIVE_PLATFORM_SIGNAL_HANDLER_H_

#include <csignal>
#include <cstdint>

#include "wake.h"

namespace gmr::platform {

// Signals that arrived since the last TakeSignal().
struct SignalEvent {
  int64_t first_at_ns = 0;  // MonotonicNs()
  int sender_pid = 0;       // of the latest one; 0: the kernel or another pid namespace
  unsigned sender_uid = 0;
  uint32_t count = 0;  // 0: none came
};

// A disposition to call after ours. At most one of the two is set.
struct ChainedHandler {
  void (*with_info)(int, siginfo_t*, void*) = nullptr;
  void (*plain)(int) = nullptr;
};

// Must be called before the handler is installed; `wake` is never released.
void PrepareSignalHandler(WakeHandle* wake, ChainedHandler chained);

// For sigaction(2), with SA_SIGINFO. Leaves the signal blocked on the thread that it interrupted: each thread
// is interrupted once at most, and the reporter's, which reopens its own, takes the rest. Without that a fast
// sender starves a thread of V8's platform (a signal is always pending when the handler returns), and the end
// of the process, which joins those threads, waits for the sender.
void HandleSignal(int number, siginfo_t* info, void* context);

void PostFromHandler(WakeHandle* wake);

// Takes what came and resets it.
SignalEvent TakeSignal();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_SIGNAL_HANDLER_H_

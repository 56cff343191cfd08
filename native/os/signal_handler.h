// The signal handler: it notes who sent the signal, wakes the reporter, and passes
// the signal on to other handlers where it should.
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
#ifndef GMR_NATIVE_OS_SIGNAL_HANDLER_H_
#define GMR_NATIVE_OS_SIGNAL_HANDLER_H_

#include <csignal>
#include <cstdint>

#include "wake.h"

namespace gmr::platform {

// Signals that arrived since the last TakeSignal().
struct SignalEvent {
  int64_t first_at_ns = 0;  // MonotonicNs()
  int sender_pid = 0;       // of the latest one; 0: the kernel or another pid namespace
  unsigned sender_uid = 0;
  bool from_gmr_trigger = false;  // the latest one was queued with kRequestValue
  uint32_t count = 0;             // 0: none came
};

// The value with which `gmr trigger` queues the signal (SI_QUEUE). Such a signal only requests a report, so
// it is not passed on to any other handler.
inline constexpr int kRequestValue = 0x474d5201;

// A handler to call after ours. At most one of the two is set.
struct ChainedHandler {
  void (*with_info)(int, siginfo_t*, void*) = nullptr;
  void (*plain)(int) = nullptr;
};

// Must be called before the handler is installed; `wake` is never released. `foreign` is a handler that C
// code installed before ours; it is always called. `libuv` calls the application's listeners.
void PrepareSignalHandler(WakeHandle* wake, ChainedHandler foreign, ChainedHandler libuv);

// Sets whether the handler calls libuv's from now on. Any thread.
void CallListenersFromHandler(bool called);

// Calls libuv's handler immediately, as if the signal had been passed on to the application. The signal must
// be blocked on the calling thread: if it arrived during the call, libuv's handler would wait for a lock that
// this thread holds.
void CallListenersNow(int number);

// For sigaction(2), with SA_SIGINFO. Leaves the signal blocked on the thread that it interrupted: each thread
// is interrupted once at most, and the reporter's, which reopens its own, takes the rest. Without that a fast
// sender starves a thread of V8's platform (a signal is always pending when the handler returns), and the end
// of the process, which joins those threads, waits for the sender.
void HandleSignal(int number, siginfo_t* info, void* context);

void PostFromHandler(WakeHandle* wake);

// Takes what came and resets it.
SignalEvent TakeSignal();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_SIGNAL_HANDLER_H_

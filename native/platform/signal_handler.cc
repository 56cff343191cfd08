#include "signal_handler.h"

#include <atomic>
#include <cerrno>

#include "clock.h"
#include "futex.h"

#if defined(__APPLE__)
// <ucontext.h> wants _XOPEN_SOURCE there, which takes other things away.
#include <sys/ucontext.h>
#else
#include <ucontext.h>
#endif
#if GMR_WAKE_BY_FUTEX
#include <sys/syscall.h>
#endif
#include <unistd.h>

namespace gmr::platform {

namespace {

// Plain globals, not function-local statics: those take a guard lock at first use.
std::atomic<WakeHandle*> g_wake{nullptr};
std::atomic<void (*)(int, siginfo_t*, void*)> g_chained_with_info{nullptr};
std::atomic<void (*)(int)> g_chained_plain{nullptr};

std::atomic<uint32_t> g_count{0};
std::atomic<int64_t> g_first_at_ns{0};
std::atomic<int> g_sender_pid{0};
std::atomic<unsigned> g_sender_uid{0};

static_assert(std::atomic<WakeHandle*>::is_always_lock_free && std::atomic<int64_t>::is_always_lock_free &&
                  std::atomic<uint32_t>::is_always_lock_free,
              "an atomic with a lock inside would deadlock in a handler");

// The mask that the interrupted thread gets back when the handler returns.
void BlockOnReturn(int number, void* context) {
  if (context != nullptr) sigaddset(&static_cast<ucontext_t*>(context)->uc_sigmask, number);
}

}  // namespace

void PrepareSignalHandler(WakeHandle* wake, ChainedHandler chained) {
  g_chained_with_info.store(chained.with_info);
  g_chained_plain.store(chained.plain);
  g_wake.store(wake);
}

void PostFromHandler(WakeHandle* wake) {
#if GMR_WAKE_BY_FUTEX
  wake->pending.fetch_add(1);
  syscall(SYS_futex, &wake->pending, kFutexWakePrivate, 1, nullptr, nullptr, 0);
#else
  // A full pipe is already a pending wake-up, so a failed write loses nothing.
  const char byte = 0;
  if (write(wake->write_fd, &byte, 1) < 0) return;
#endif
}

void HandleSignal(int number, siginfo_t* info, void* context) {
  // The interrupted code may be between a failed call and its look at errno.
  const int saved_errno = errno;
  int64_t none = 0;
  g_first_at_ns.compare_exchange_strong(none, MonotonicNs());
  if (info != nullptr) {
    g_sender_pid.store(info->si_pid);
    g_sender_uid.store(info->si_uid);
  }
  g_count.fetch_add(1);
  if (WakeHandle* wake = g_wake.load()) PostFromHandler(wake);
  BlockOnReturn(number, context);

  // libuv's handler, so that process.on('SIGUSR2') listeners still hear it.
  if (auto* with_info = g_chained_with_info.load()) {
    with_info(number, info, context);
  } else if (auto* plain = g_chained_plain.load()) {
    plain(number);
  }
  errno = saved_errno;
}

SignalEvent TakeSignal() {
  SignalEvent event;
  // The count goes first: a signal that slips in between is counted again for
  // the next report, never lost.
  event.count = g_count.exchange(0);
  event.first_at_ns = g_first_at_ns.exchange(0);
  event.sender_pid = g_sender_pid.load();
  event.sender_uid = g_sender_uid.load();
  return event;
}

}  // namespace gmr::platform

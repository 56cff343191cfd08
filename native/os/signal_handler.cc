#include "signal_handler.h"

#include <atomic>
#include <cerrno>

#include "../base/clock.h"
#include "../base/futex.h"

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
// At most one of each pair is set.
std::atomic<void (*)(int, siginfo_t*, void*)> g_foreign_with_info{nullptr};
std::atomic<void (*)(int)> g_foreign_plain{nullptr};
std::atomic<void (*)(int, siginfo_t*, void*)> g_libuv_with_info{nullptr};
std::atomic<void (*)(int)> g_libuv_plain{nullptr};
std::atomic<bool> g_calls_listeners{false};

std::atomic<uint32_t> g_count{0};
std::atomic<int64_t> g_first_at_ns{0};
// Pid and uid in one word, so that both always come from the same signal; see PackSender().
std::atomic<uint64_t> g_sender{0};
// This bit is above every pid, which has at most 22 bits.
constexpr uint64_t kFromGmrTrigger = uint64_t{1} << 63;

static_assert(std::atomic<WakeHandle*>::is_always_lock_free && std::atomic<int64_t>::is_always_lock_free &&
                  std::atomic<uint64_t>::is_always_lock_free && std::atomic<uint32_t>::is_always_lock_free &&
                  std::atomic<bool>::is_always_lock_free,
              "an atomic with a lock inside would deadlock in a handler");

// The mask that the interrupted thread gets back when the handler returns.
void BlockOnReturn(int number, void* context) {
  if (context != nullptr) sigaddset(&static_cast<ucontext_t*>(context)->uc_sigmask, number);
}

bool IsRequest(const siginfo_t* info) {
  return info != nullptr && info->si_code == SI_QUEUE && info->si_value.sival_int == kRequestValue;
}

uint64_t PackSender(const siginfo_t* info) {
  const auto pid = static_cast<uint32_t>(info->si_pid);
  const auto uid = static_cast<uint32_t>(info->si_uid);
  return (IsRequest(info) ? kFromGmrTrigger : 0) | (uint64_t{pid} << 32 & ~kFromGmrTrigger) | uid;
}

// This mark in si_errno, which Linux leaves 0, means that our handler has already passed the signal on. A
// handler that was installed after ours calls ours, and a later setup makes ours call that one: without the
// mark, the two would call each other forever.
constexpr int kPassedOn = 0x474d52;

bool WasPassedOn(const siginfo_t* info) { return info != nullptr && info->si_errno == kPassedOn; }

void PassOn(int number, siginfo_t* info, void* context) {
  if (auto* with_info = g_foreign_with_info.load()) {
    const int si_errno = info != nullptr ? info->si_errno : 0;
    if (info != nullptr) info->si_errno = kPassedOn;
    with_info(number, info, context);
    if (info != nullptr) info->si_errno = si_errno;
  } else if (auto* plain = g_foreign_plain.load()) {
    plain(number);
  }
  if (!g_calls_listeners.load()) return;
  if (auto* with_info = g_libuv_with_info.load()) {
    with_info(number, info, context);
  } else if (auto* plain = g_libuv_plain.load()) {
    plain(number);
  }
}

}  // namespace

void PrepareSignalHandler(WakeHandle* wake, ChainedHandler foreign, ChainedHandler libuv) {
  g_foreign_with_info.store(foreign.with_info);
  g_foreign_plain.store(foreign.plain);
  g_libuv_with_info.store(libuv.with_info);
  g_libuv_plain.store(libuv.plain);
  g_wake.store(wake);
}

void CallListenersFromHandler(bool called) { g_calls_listeners.store(called); }

void CallListenersNow(int number) {
  // libuv's handler only uses the number of the signal.
  if (auto* plain = g_libuv_plain.load()) plain(number);
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
  if (WasPassedOn(info)) return;
  // The interrupted code may be between a failed call and its look at errno.
  const int saved_errno = errno;
  int64_t none = 0;
  g_first_at_ns.compare_exchange_strong(none, MonotonicNs());
  if (info != nullptr) {
    g_sender.store(PackSender(info));
  }
  g_count.fetch_add(1);
  if (WakeHandle* wake = g_wake.load()) PostFromHandler(wake);
  BlockOnReturn(number, context);
  if (!IsRequest(info)) PassOn(number, info, context);
  errno = saved_errno;
}

SignalEvent TakeSignal() {
  SignalEvent event;
  // The count goes first: a signal that slips in between is counted again for
  // the next report, never lost.
  event.count = g_count.exchange(0);
  event.first_at_ns = g_first_at_ns.exchange(0);
  const uint64_t sender = g_sender.load();
  event.from_gmr_trigger = (sender & kFromGmrTrigger) != 0;
  event.sender_pid = static_cast<int>((sender & ~kFromGmrTrigger) >> 32);
  event.sender_uid = static_cast<unsigned>(sender & 0xffffffffU);
  return event;
}

}  // namespace gmr::platform

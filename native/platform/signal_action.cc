#include "signal_action.h"

#include <pthread.h>

#include <cerrno>

#include "signal_handler.h"

namespace gmr::platform {

namespace {

ChainedHandler ChainTo(const struct sigaction& earlier) {
  ChainedHandler chained;
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    // Somebody may restore a disposition that they saved while ours was
    // installed; a chain to ourselves would never end.
    if (earlier.sa_sigaction != &HandleSignal) chained.with_info = earlier.sa_sigaction;
  } else if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    chained.plain = earlier.sa_handler;
  }
  return chained;
}

void ChangeMask(int how, int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(how, &set, nullptr);
}

}  // namespace

Result<bool> SignalAction::Install(int number, WakeHandle* wake) {
  Remove();
  if (sigaction(number, nullptr, &earlier_) != 0) return SysError{errno, "reading the signal's disposition"};
  PrepareSignalHandler(wake, ChainTo(earlier_));

  struct sigaction ours {};
  ours.sa_sigaction = &HandleSignal;
  ours.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&ours.sa_mask);
  if (sigaction(number, &ours, nullptr) != 0) return SysError{errno, "installing the signal handler"};
  number_ = number;
  return true;
}

void SignalAction::Remove() {
  if (number_ == 0) return;
  struct sigaction current {};
  sigaction(number_, nullptr, &current);
  if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == &HandleSignal) {
    sigaction(number_, &earlier_, nullptr);
  }
  number_ = 0;
}

void BlockOnThisThread(int number) { ChangeMask(SIG_BLOCK, number); }

void UnblockOnThisThread(int number) { ChangeMask(SIG_UNBLOCK, number); }

}  // namespace gmr::platform

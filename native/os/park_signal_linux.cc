#include "park_signal.h"

#include <cerrno>
#include <csignal>

#include "park_handler.h"

namespace gmr::platform {

namespace {

// The first ones are favourites of libraries and of debuggers.
constexpr int kFirstOffset = 7;

bool IsFree(int number) {
  struct sigaction current {};
  if (sigaction(number, nullptr, &current) != 0) return false;
  return (current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == SIG_DFL;
}

int Install() {
  for (int number = SIGRTMIN + kFirstOffset; number < SIGRTMAX; ++number) {
    if (!IsFree(number)) continue;
    struct sigaction action {};
    action.sa_sigaction = &HandleParkSignal;
    // SA_RESTART for the moment between our look at the thread and the signal:
    // by then it may be in a system call after all.
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    // Nothing may interrupt a parked thread.
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, nullptr) == 0) return number;
  }
  return 0;
}

}  // namespace

Result<int> ParkSignalNumber() {
  static const int number = Install();
  if (number == 0) return SysError{EBUSY, "finding a free real-time signal"};
  return number;
}

}  // namespace gmr::platform

// SignalAction: puts our handler in front of libuv's, and takes it away again.
//
// Owns:        the disposition of one signal while installed.
// Threads:     Install() and Remove() on the main thread; BlockOnThisThread()
//              and UnblockOnThisThread() act on the caller.
// Signal-safe: no.
// Lifetime:    process-wide, one at a time.
//
// The caller must already hold the signal with an active uv_signal_t (see
// reporter/signal_hold.h): libuv touches the disposition only for the first
// handle of a signal and after the last, so with ours always active neither
// process.on() nor the removal of the last listener can undo this.
#ifndef GMR_NATIVE_PLATFORM_SIGNAL_ACTION_H_
#define GMR_NATIVE_PLATFORM_SIGNAL_ACTION_H_

#include <csignal>

#include "result.h"
#include "wake.h"

namespace gmr::platform {

class SignalAction {
 public:
  // SA_RESTART, or an interrupted fs.readSync throws EINTR into the
  // application; SA_SIGINFO for the sender.
  Result<bool> Install(int number, WakeHandle* wake);

  // Restores the earlier disposition, unless somebody has replaced ours since:
  // then theirs stands.
  void Remove();

  int number() const { return number_; }  // 0: not installed

 private:
  int number_ = 0;
  struct sigaction earlier_ {};
};

// A signal that is blocked on every thread with an event loop can land only on
// threads that do not mind: no addon of the application sees EINTR.
void BlockOnThisThread(int number);
void UnblockOnThisThread(int number);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_SIGNAL_ACTION_H_

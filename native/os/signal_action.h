// SignalAction: puts our handler in front of libuv's, and takes it away again.
//
// Owns:        the disposition of one signal while installed.
// Threads:     NoteEarlier(), Install(), Remove() and RestoreEarlier() on the main thread;
//              the functions act on the caller.
// Signal-safe: no.
// Lifetime:    process-wide, one at a time.
//
// The caller must already hold the signal with an active uv_signal_t (see
// reporter/signal_hold.h): libuv touches the disposition only for the first
// handle of a signal and after the last, so with ours always active neither
// process.on() nor the removal of the last listener can undo this.
#ifndef GMR_NATIVE_OS_SIGNAL_ACTION_H_
#define GMR_NATIVE_OS_SIGNAL_ACTION_H_

#include <csignal>
#include <string>

#include "../base/result.h"
#include "signal_handler.h"
#include "wake.h"

namespace gmr::platform {

class SignalAction {
 public:
  // The handlers that the signal had when NoteEarlier() was called.
  struct Earlier {
    // Path of the module whose C handler was installed; empty when there was none.
    std::string foreign_module;
    // Whether a uv_signal_t was active: one of a JavaScript listener or of an addon.
    bool libuv_active = false;
  };

  // Must be called before libuv takes the signal, which overwrites the handler of an addon.
  void NoteEarlier(int number);

  // SA_RESTART, or an interrupted fs.readSync throws EINTR into the
  // application; SA_SIGINFO for the sender.
  // `in_libuv` is any function of libuv. Its module distinguishes libuv's handler from others.
  Result<bool> Install(int number, WakeHandle* wake, const void* in_libuv);

  // Restores libuv's handler, unless other code has replaced ours since; then that handler stays.
  void Remove();
  // Call this after libuv has released the signal, which sets the default action: it restores the C handler
  // that was installed before ours or has replaced it.
  void RestoreEarlier(int number);

  const Earlier& earlier() const { return earlier_; }

  int number() const { return number_; }  // 0: not installed
  // False when C code has replaced our handler.
  bool IsInPlace() const;

 private:
  int number_ = 0;
  struct sigaction before_hold_ {};
  struct sigaction held_ {};
  struct sigaction after_us_ {};
  ChainedHandler libuv_;
  Earlier earlier_;
};

// A signal that is blocked on every thread with an event loop can land only on
// threads that do not mind: no addon of the application sees EINTR.
void BlockOnThisThread(int number);
void UnblockOnThisThread(int number);

// Raises the signal with its default action, which ends the process for most signals. Returns only if the
// default action is to do nothing; then our handler is installed again.
void RaiseWithDefaultAction(int number);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_SIGNAL_ACTION_H_

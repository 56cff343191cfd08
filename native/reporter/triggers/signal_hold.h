// SignalHold: keeps libuv from ever touching the disposition of our signal.
//
// Owns:        an active uv_signal_t on a loop that never runs.
// Threads:     the main thread.
// Signal-safe: no.
// Lifetime:    from Hold() to Release(); inside the leaked reporter.
//
// libuv calls sigaction(2) for the first active handle of a signal and resets it
// to SIG_DFL after the last one stops. Without this handle, removing the last
// process.on('SIGUSR2') listener would make the next signal kill the process.
#ifndef GMR_NATIVE_REPORTER_TRIGGERS_SIGNAL_HOLD_H_
#define GMR_NATIVE_REPORTER_TRIGGERS_SIGNAL_HOLD_H_

#include <uv.h>

#include "../../base/result.h"

namespace gmr::reporter {

class SignalHold {
 public:
  SignalHold() = default;
  SignalHold(const SignalHold&) = delete;
  SignalHold& operator=(const SignalHold&) = delete;

  platform::Result<bool> Hold(int signal_number);
  void Release();

 private:
  uv_loop_t loop_{};
  uv_signal_t handle_{};
  bool loop_open_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_TRIGGERS_SIGNAL_HOLD_H_

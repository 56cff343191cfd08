#include "signal_hold.h"

namespace gmr::reporter {

platform::Result<bool> SignalHold::Hold(int signal_number) {
  Release();
  int error = 0;
  if (!loop_open_) {
    error = uv_loop_init(&loop_);
    if (error != 0) return platform::SysError{-error, "making the loop that holds the signal"};
    loop_open_ = true;
    uv_signal_init(&loop_, &handle_);
  }
  error = uv_signal_start(
      &handle_, [](uv_signal_t*, int) {}, signal_number);
  if (error != 0) return platform::SysError{-error, "holding the signal"};
  return true;
}

void SignalHold::Release() {
  // The loop stays: closing it would need it to run, and it costs nothing.
  if (loop_open_) uv_signal_stop(&handle_);
}

}  // namespace gmr::reporter

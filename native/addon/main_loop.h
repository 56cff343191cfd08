// MainLoop: lets the reporter thread call a JavaScript function on the main loop.
//
// Owns:        a Node-API thread-safe function, unreferenced: it does not keep
//              the process alive.
// Threads:     Attach() and Detach() on the main thread; Wake() from the
//              reporter thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose. Node closes the function
//              when the environment ends; Wake() then says so and lets it go.
#ifndef GMR_NATIVE_ADDON_MAIN_LOOP_H_
#define GMR_NATIVE_ADDON_MAIN_LOOP_H_

#include <napi.h>

#include <atomic>
#include <functional>

#include "../platform/monitor.h"

namespace gmr::addon {

class MainLoop {
 public:
  static MainLoop& Get();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  // `run` is called with the number that `begin` returns, unless that is 0.
  void Attach(Napi::Env env, Napi::Function run, uint32_t (*begin)());
  void Detach();

  // False when there is no main loop any more. At most one call is queued: a
  // blocked loop does not collect them.
  bool Wake();

 private:
  MainLoop() = default;

  std::atomic<bool> queued_{false};
  std::atomic<uint32_t> generation_{0};  // counts Attach(): an earlier function's queue is served no more
  uint32_t (*begin_)() = nullptr;
  platform::Monitor monitor_;
  // Guarded by monitor_:
  Napi::ThreadSafeFunction function_;
  bool attached_ = false;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_MAIN_LOOP_H_

// MainLoop: lets the reporter thread call a JavaScript function on the main loop.
//
// Owns:        a LoopCall, which does not keep the process alive.
// Threads:     Attach() and Detach() on the main thread; Wake() from the
//              reporter thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose. The LoopCall closes when the
//              environment ends; Wake() then returns false.
#ifndef GMR_NATIVE_ADDON_MAIN_LOOP_H_
#define GMR_NATIVE_ADDON_MAIN_LOOP_H_

#include <v8.h>

#include <cstdint>
#include <memory>

#include "../base/monitor.h"
#include "loop_call.h"

namespace gmr::addon {

class MainLoop {
 public:
  static MainLoop& Get();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  // `run` is called with the number that `begin` returns, unless that is 0.
  void Attach(v8::Isolate* isolate, v8::Local<v8::Function> run, uint32_t (*begin)());
  void Detach();

  // False when the main loop has ended. Calls do not accumulate while the loop is blocked: it makes one
  // afterwards.
  bool Wake();

 private:
  MainLoop() = default;

  platform::Monitor monitor_;
  // Guarded by monitor_:
  std::shared_ptr<LoopCall> call_;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_MAIN_LOOP_H_

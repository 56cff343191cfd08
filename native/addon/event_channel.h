// EventChannel: tells the main loop, when it turns again, what the reporter did.
//
// Owns:        a Node-API thread-safe function, unreferenced: it does not keep
//              the process alive.
// Threads:     Attach() and Detach() on the main thread; Send() on the reporter's.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose, as MainLoop.
#ifndef GMR_NATIVE_ADDON_EVENT_CHANNEL_H_
#define GMR_NATIVE_ADDON_EVENT_CHANNEL_H_

#include <napi.h>

#include <string>

#include "../platform/monitor.h"

namespace gmr::addon {

class EventChannel {
 public:
  static EventChannel& Get();
  EventChannel(const EventChannel&) = delete;
  EventChannel& operator=(const EventChannel&) = delete;

  void Attach(Napi::Env env, Napi::Function listener);
  void Detach();

  // A loop that is blocked for long gets the oldest of them only.
  void Send(const std::string& json);

 private:
  EventChannel() = default;
  void DetachLocked();

  platform::Monitor monitor_;
  // Guarded by monitor_:
  Napi::ThreadSafeFunction function_;
  bool attached_ = false;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_EVENT_CHANNEL_H_

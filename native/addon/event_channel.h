// EventChannel: tells the main loop, when it turns again, what the reporter did.
//
// Owns:        a LoopCall, which does not keep the process alive, and the events
//              that the loop has not taken yet.
// Threads:     Attach() and Detach() on the main thread; Send() on the reporter's.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose, as MainLoop.
#ifndef GMR_NATIVE_ADDON_EVENT_CHANNEL_H_
#define GMR_NATIVE_ADDON_EVENT_CHANNEL_H_

#include <v8.h>

#include <deque>
#include <memory>
#include <string>

#include "../base/monitor.h"
#include "loop_call.h"

namespace gmr::addon {

class EventChannel {
 public:
  static EventChannel& Get();
  EventChannel(const EventChannel&) = delete;
  EventChannel& operator=(const EventChannel&) = delete;

  void Attach(v8::Isolate* isolate, v8::Local<v8::Function> listener);
  void Detach();

  // A loop that is blocked for long gets the oldest of them only.
  void Send(const std::string& json);

 private:
  EventChannel() = default;
  bool Take(std::string* json);

  platform::Monitor monitor_;
  // Guarded by monitor_:
  std::shared_ptr<LoopCall> call_;
  std::deque<std::string> queue_;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_EVENT_CHANNEL_H_

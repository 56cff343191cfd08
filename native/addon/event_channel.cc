#include "event_channel.h"

#include "text_call.h"

namespace gmr::addon {

namespace {

// Reports are large: a loop that does not turn must not collect them without end.
constexpr size_t kMaxQueued = 16;

}  // namespace

EventChannel& EventChannel::Get() {
  static auto* channel = new EventChannel;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *channel;
}

void EventChannel::Attach(Napi::Env env, Napi::Function listener) {
  const platform::Monitor::Lock lock(monitor_);
  DetachLocked();
  function_ = Napi::ThreadSafeFunction::New(env, listener, "gmr-native events", kMaxQueued, 1);
  function_.Unref(env);
  attached_ = true;
}

void EventChannel::Detach() {
  const platform::Monitor::Lock lock(monitor_);
  DetachLocked();
}

void EventChannel::DetachLocked() {
  if (attached_) function_.Release();
  attached_ = false;
}

void EventChannel::Send(const std::string& json) {
  const platform::Monitor::Lock lock(monitor_);
  if (!attached_) return;
  // napi_closing gives our reference up as well, so that nothing is left to release.
  if (CallWithText(&function_, json) == napi_closing) attached_ = false;
}

}  // namespace gmr::addon

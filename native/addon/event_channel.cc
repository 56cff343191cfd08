#include "event_channel.h"

#include <utility>

#include "arguments.h"

namespace gmr::addon {

namespace {

// Reports are large: a loop that does not turn must not collect them without end.
constexpr size_t kMaxQueued = 16;

}  // namespace

EventChannel& EventChannel::Get() {
  static auto* channel = new EventChannel;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *channel;
}

void EventChannel::Attach(v8::Isolate* isolate, v8::Local<v8::Function> listener) {
  Detach();
  const auto next = [this](v8::Isolate* callers, v8::Local<v8::Value>* argument) {
    std::string json;
    if (!Take(&json)) return false;
    *argument = ToValue(callers, json);
    return true;
  };
  auto call = LoopCall::Open(isolate, listener, LoopCall::KeepsAlive::kNothing, next);
  const platform::Monitor::Lock lock(monitor_);
  call_ = std::move(call);
}

void EventChannel::Detach() {
  std::shared_ptr<LoopCall> call;
  {
    const platform::Monitor::Lock lock(monitor_);
    call.swap(call_);
    queue_.clear();
  }
  if (call != nullptr) call->Close();
}

void EventChannel::Send(const std::string& json) {
  const platform::Monitor::Lock lock(monitor_);
  if (call_ == nullptr || queue_.size() >= kMaxQueued) return;
  queue_.push_back(json);
  if (call_->Wake()) return;
  // The environment has ended, and the LoopCall with it.
  call_ = nullptr;
  queue_.clear();
}

bool EventChannel::Take(std::string* json) {
  const platform::Monitor::Lock lock(monitor_);
  if (queue_.empty()) return false;
  *json = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

}  // namespace gmr::addon

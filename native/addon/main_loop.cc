#include "main_loop.h"

#include <utility>

namespace gmr::addon {

MainLoop& MainLoop::Get() {
  static auto* loop = new MainLoop;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *loop;
}

void MainLoop::Attach(v8::Isolate* isolate, v8::Local<v8::Function> run, uint32_t (*begin)()) {
  Detach();
  const auto next = [begin](v8::Isolate* callers, v8::Local<v8::Value>* argument) {
    const uint32_t request = begin();
    *argument = v8::Integer::NewFromUnsigned(callers, request);
    return request != 0;
  };
  auto call = LoopCall::Open(isolate, run, LoopCall::KeepsAlive::kNothing, next);
  const platform::Monitor::Lock lock(monitor_);
  call_ = std::move(call);
}

void MainLoop::Detach() {
  std::shared_ptr<LoopCall> call;
  {
    const platform::Monitor::Lock lock(monitor_);
    call.swap(call_);
  }
  if (call != nullptr) call->Close();
}

bool MainLoop::Wake() {
  const platform::Monitor::Lock lock(monitor_);
  return call_ != nullptr && call_->Wake();
}

}  // namespace gmr::addon

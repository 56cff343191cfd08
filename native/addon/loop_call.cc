#include "loop_call.h"

#include <utility>

#include "../base/memory_guard.h"
#include "../v8/isolate_registry.h"

namespace gmr::addon {

std::shared_ptr<LoopCall> LoopCall::Open(v8::Isolate* isolate, v8::Local<v8::Function> function,
                                         KeepsAlive keeps_alive, NextArgument next) {
  uv_loop_t* loop = node::GetCurrentEventLoop(isolate);
  if (loop == nullptr || function.IsEmpty()) return nullptr;
  // The constructor is private.
  std::shared_ptr<LoopCall> call(  // NOLINT(cppcoreguidelines-owning-memory)
      new LoopCall(isolate, function, std::move(next)));
  if (uv_async_init(loop, &call->handle_, &OnWake) != 0) return nullptr;
  call->handle_.data = call.get();
  if (keeps_alive == KeepsAlive::kNothing) uv_unref(reinterpret_cast<uv_handle_t*>(&call->handle_));
  call->self_ = call;  // libuv has the handle from now on, and the calls to Node below may run out of memory
  call->hook_ = node::AddEnvironmentCleanupHook(isolate, &OnEnvironmentEnd, call.get());
  return call;
}

LoopCall::LoopCall(v8::Isolate* isolate, v8::Local<v8::Function> function, NextArgument next)
    : isolate_(isolate),
      context_(isolate, isolate->GetCurrentContext()),
      function_(isolate, function),
      next_(std::move(next)) {}

bool LoopCall::Wake() {
  const platform::Monitor::Lock lock(monitor_);
  return !closing_ && uv_async_send(&handle_) == 0;
}

void LoopCall::Close() {
  const platform::Monitor::Lock lock(monitor_);
  if (closing_) return;
  closing_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), &OnClosed);
}

// The hook stays until here: an environment that ends meanwhile must wait for
// libuv to close the handle.
void LoopCall::OnClosed(uv_handle_t* handle) {
  auto* call = static_cast<LoopCall*>(handle->data);
  const std::shared_ptr<LoopCall> last = std::move(call->self_);
  call->function_.Reset();
  call->context_.Reset();
  call->next_ = nullptr;
  if (call->environment_ended_ == nullptr) {
    node::RemoveEnvironmentCleanupHook(std::move(call->hook_));
  } else {
    call->environment_ended_(call->environment_ended_argument_);
  }
}

void LoopCall::OnEnvironmentEnd(void* loop_call, EnvironmentEnded done, void* done_argument) {
  auto* call = static_cast<LoopCall*>(loop_call);
  call->environment_ended_ = done;
  call->environment_ended_argument_ = done_argument;
  call->Close();
}

void LoopCall::OnWake(uv_async_t* handle) {
  const std::shared_ptr<LoopCall> call = static_cast<LoopCall*>(handle->data)->self_;
  // libuv calls this function, so no C++ exception may leave it.
  if (call != nullptr) platform::WithinMemory([&call] { call->CallWhileAsked(); });
}

void LoopCall::CallWhileAsked() {
  const v8::HandleScope scope(isolate_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope context_scope(context);
  vm::IsolateRegistry::Get().NoteOwnCall(isolate_);
  while (!closing()) {
    const v8::HandleScope one_call(isolate_);
    v8::Local<v8::Value> argument;
    if (!next_(isolate_, &argument)) return;
    if (!argument.IsEmpty()) Call(context, argument);
  }
}

void LoopCall::Call(v8::Local<v8::Context> context, v8::Local<v8::Value> argument) {
  // Node then runs ticks and microtasks, as after each of its callbacks. The async id is 0 because none was
  // taken.
  const node::CallbackScope callback_scope(isolate_, v8::Object::New(isolate_), node::async_context{0, 0});
  const v8::TryCatch swallow(isolate_);
  const auto result = function_.Get(isolate_)->Call(context, v8::Undefined(isolate_), 1, &argument);
  (void)result;
}

bool LoopCall::closing() {
  const platform::Monitor::Lock lock(monitor_);
  return closing_;
}

}  // namespace gmr::addon

// LoopCall: calls a JavaScript function on the event loop of the thread that
// opened it, when another thread requests it.
//
// Owns:        a uv_async_t, the function, and a cleanup hook of the environment.
// Threads:     Open() and Close() on the thread of the loop; Wake() on any.
// Signal-safe: no.
// Lifetime:    shared; it keeps itself alive until libuv has closed its handle,
//              which happens at Close() or when the environment ends.
//
// A thread-safe function of Node-API would be an async resource: it takes an async id, async_hooks and `jest
// --detectOpenHandles` list it, and it inherits the domain and the AsyncLocalStorage of its creator. All of
// them ignore a libuv handle, and the function runs outside every async context.
//
// An exception that the function throws is dropped here: the function is part of gmr-native, and its faults
// must not reach the application. Ticks and microtasks that run afterwards belong to the application: Node
// handles their exceptions as usual.
#ifndef GMR_NATIVE_ADDON_LOOP_CALL_H_
#define GMR_NATIVE_ADDON_LOOP_CALL_H_

#include <node.h>
#include <uv.h>
#include <v8.h>

#include <functional>
#include <memory>

#include "../base/monitor.h"

namespace gmr::addon {

class LoopCall {
 public:
  // Runs on the thread of the loop before each call and provides its argument.
  // False when the call is not needed. It may Close() the LoopCall.
  using NextArgument = std::function<bool(v8::Isolate*, v8::Local<v8::Value>*)>;
  enum class KeepsAlive : bool { kNothing, kLoop };

  // nullptr when the loop takes no more handles.
  static std::shared_ptr<LoopCall> Open(v8::Isolate* isolate, v8::Local<v8::Function> function,
                                        KeepsAlive keeps_alive, NextArgument next);
  LoopCall(const LoopCall&) = delete;
  LoopCall& operator=(const LoopCall&) = delete;
  ~LoopCall() = default;

  // False when the LoopCall is closed.
  bool Wake();
  void Close();

 private:
  using EnvironmentEnded = void (*)(void*);

  LoopCall(v8::Isolate* isolate, v8::Local<v8::Function> function, NextArgument next);
  static void OnWake(uv_async_t* handle);
  static void OnClosed(uv_handle_t* handle);
  static void OnEnvironmentEnd(void* loop_call, EnvironmentEnded done, void* done_argument);
  void CallWhileAsked();
  void Call(v8::Local<v8::Context> context, v8::Local<v8::Value> argument);
  bool closing();

  // Thread of the loop only:
  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> function_;
  NextArgument next_;
  node::AsyncCleanupHookHandle hook_;
  std::shared_ptr<LoopCall> self_;  // until libuv has closed the handle
  EnvironmentEnded environment_ended_ = nullptr;
  void* environment_ended_argument_ = nullptr;

  platform::Monitor monitor_;
  // Guarded by monitor_, because uv_async_send() must not run during or after uv_close().
  uv_async_t handle_{};
  bool closing_ = false;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_LOOP_CALL_H_

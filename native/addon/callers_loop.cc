#include "callers_loop.h"

#include <utility>

#include "../base/memory_guard.h"
#include "../base/monitor.h"
#include "arguments.h"
#include "loop_call.h"

namespace gmr::addon {

struct CallersLoop::Answer {
  std::shared_ptr<LoopCall> call;  // nullptr: the loop takes no more handles
  platform::Monitor monitor;
  // Guarded by monitor:
  std::string text;
  bool given = false;

  bool Take(std::string* out) {
    const platform::Monitor::Lock lock(monitor);
    if (!given) return false;
    given = false;
    *out = std::move(text);
    return true;
  }
};

CallersLoop::CallersLoop(v8::Isolate* isolate, v8::Local<v8::Function> callback)
    : answer_(std::make_shared<Answer>()) {
  // The two own each other until libuv has closed the handle; then the LoopCall drops this function.
  const auto next = [answer = answer_](v8::Isolate* callers, v8::Local<v8::Value>* argument) {
    std::string text;
    if (!answer->Take(&text)) return false;
    *argument = ToValue(callers, text);
    answer->call->Close();
    return true;
  };
  answer_->call = LoopCall::Open(isolate, callback, LoopCall::KeepsAlive::kLoop, next);
}

void CallersLoop::CallOnce(const std::string& text) const {
  if (answer_->call == nullptr) return;
  const auto keep = [this, &text] {
    const platform::Monitor::Lock lock(answer_->monitor);
    answer_->text = text;
    answer_->given = true;
  };
  if (!platform::WithinMemory(keep)) {
    // There is no memory for the answer, but waiting for it must not keep the caller's loop alive.
    const platform::Monitor::Lock lock(answer_->monitor);
    answer_->text.clear();
    answer_->given = true;
  }
  (void)answer_->call->Wake();
}

void CallersLoop::Release() const {
  if (answer_->call != nullptr) answer_->call->Close();
}

}  // namespace gmr::addon

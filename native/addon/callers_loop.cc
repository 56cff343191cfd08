#include "callers_loop.h"

#include "text_call.h"

namespace gmr::addon {

CallersLoop::CallersLoop(Napi::Env env, Napi::Function callback, const char* name)
    : function_(Napi::ThreadSafeFunction::New(env, callback, name, 0, 1)) {}

void CallersLoop::CallOnce(const std::string& text) const {
  if (CallWithText(&function_, text) != napi_closing) function_.Release();
}

void CallersLoop::Release() const { function_.Release(); }

}  // namespace gmr::addon

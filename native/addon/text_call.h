// Calling a JavaScript function with a text, from any thread.
//
// Owns:        the text, until the call is made or given up.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_ADDON_TEXT_CALL_H_
#define GMR_NATIVE_ADDON_TEXT_CALL_H_

#include <napi.h>

#include <memory>
#include <string>

#include "arguments.h"

namespace gmr::addon {

// napi_closing: the environment has ended, and our reference to `function` with it.
inline napi_status CallWithText(Napi::ThreadSafeFunction* function, const std::string& text) {
  auto* copy = new std::string(text);  // NOLINT(cppcoreguidelines-owning-memory): the callback frees it
  const napi_status status =
      function->NonBlockingCall(copy, [](Napi::Env env, Napi::Function callback, std::string* owned) {
        const std::unique_ptr<std::string> argument(owned);
        napi_value value = nullptr;
        if (env == nullptr || callback.IsEmpty()) return;
        if (napi_create_string_utf8(env, argument->data(), argument->size(), &value) != napi_ok) return;
        CallWith(env, callback, value);
      });
  if (status != napi_ok) delete copy;  // NOLINT(cppcoreguidelines-owning-memory)
  return status;
}

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_TEXT_CALL_H_

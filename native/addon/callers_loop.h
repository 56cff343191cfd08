// CallersLoop: lets the reporter thread answer a JavaScript caller once, on the
// loop that the caller runs on.
//
// Owns:        a Node-API thread-safe function, which keeps the caller's loop
//              alive until the answer. All copies are the same one.
// Threads:     made on the caller's thread; CallOnce() on any.
// Signal-safe: no.
// Lifetime:    copies share it; it ends with CallOnce() or Release().
#ifndef GMR_NATIVE_ADDON_CALLERS_LOOP_H_
#define GMR_NATIVE_ADDON_CALLERS_LOOP_H_

#include <napi.h>

#include <string>

namespace gmr::addon {

class CallersLoop {
 public:
  CallersLoop(Napi::Env env, Napi::Function callback, const char* name);

  // Calls the function with `text`. Nobody hears it when the caller's environment has ended.
  void CallOnce(const std::string& text) const;
  // There will be no answer.
  void Release() const;

 private:
  mutable Napi::ThreadSafeFunction function_;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_CALLERS_LOOP_H_

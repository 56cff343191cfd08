// CallersLoop: lets the reporter thread answer a JavaScript caller once, on the
// loop that the caller runs on.
//
// Owns:        a LoopCall, which keeps the caller's loop alive until the answer.
//              All copies share it.
// Threads:     made and released on the caller's thread; CallOnce() on any.
// Signal-safe: no.
// Lifetime:    copies share it; it ends with CallOnce(), Release(), or the
//              caller's environment.
#ifndef GMR_NATIVE_ADDON_CALLERS_LOOP_H_
#define GMR_NATIVE_ADDON_CALLERS_LOOP_H_

#include <v8.h>

#include <memory>
#include <string>

namespace gmr::addon {

class CallersLoop {
 public:
  CallersLoop(v8::Isolate* isolate, v8::Local<v8::Function> callback);

  // Calls the function with `text`. Nobody hears it when the caller's environment has ended.
  void CallOnce(const std::string& text) const;
  // There will be no answer.
  void Release() const;

 private:
  struct Answer;
  std::shared_ptr<Answer> answer_;
};

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_CALLERS_LOOP_H_

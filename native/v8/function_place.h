// The name of a function and where it is defined, for messages.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_V8_FUNCTION_PLACE_H_
#define GMR_NATIVE_V8_FUNCTION_PLACE_H_

#include <v8.h>

#include <string>

namespace gmr::vm {

// For example "cleanup (/srv/app/shutdown.js:12:25)", or "(anonymous) (native code)" if V8 knows neither. A
// bound function is described by its target. Runs no JavaScript.
std::string DescribeFunction(v8::Isolate* isolate, v8::Local<v8::Function> function);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_FUNCTION_PLACE_H_

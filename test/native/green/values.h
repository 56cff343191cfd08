// Values: a dump of green threads as an object of JavaScript.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_TEST_NATIVE_GREEN_VALUES_H_
#define GMR_TEST_NATIVE_GREEN_VALUES_H_

#include <node_api.h>

#include "../../../native/v8/green_threads.h"

namespace gmr::test {

void Set(napi_env env, napi_value object, const char* key, const char* text);
void Set(napi_env env, napi_value object, const char* key, double number);

napi_value ToValue(napi_env env, const vm::GreenThreads& dump);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_GREEN_VALUES_H_

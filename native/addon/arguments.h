// Arguments: turns what src/addon passes into plain data.
//
// Owns:        nothing.
// Threads:     the calling JavaScript thread.
// Signal-safe: no.
// Lifetime:    functions.
//
// src/addon is the only caller and has validated everything, so a missing
// property just becomes an empty value. That happens also in a worker that is
// being terminated: there every property access fails. node-addon-api would
// try to throw that, cannot, and aborts the process, so what a worker may call
// goes to Node-API directly.
#ifndef GMR_NATIVE_ADDON_ARGUMENTS_H_
#define GMR_NATIVE_ADDON_ARGUMENTS_H_

#include <napi.h>
#include <v8.h>

#include <string>
#include <vector>

#include "../reporter/options.h"
#include "../v8/isolate_registry.h"

namespace gmr::addon {

vm::IsolateIdentity ToIdentity(napi_env env, napi_value object);
reporter::Options ToOptions(napi_env env, napi_value object);
std::vector<std::string> ToTexts(napi_env env, napi_value array);
// Empty when it is no object.
v8::Local<v8::Object> ToObject(napi_env env, napi_value value);

// Calls a function whose result and failure are of no interest. An exception
// of the function stays pending, for Node to report.
void CallWith(napi_env env, napi_value function, napi_value argument);

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_ARGUMENTS_H_

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

#include "../reporter/model/options.h"
#include "../v8/isolate_registry.h"

namespace gmr::addon {

vm::IsolateIdentity ToIdentity(napi_env env, napi_value object);
reporter::Options ToOptions(napi_env env, napi_value object);
std::vector<std::string> ToTexts(napi_env env, napi_value array);
// Empty when the value is neither an object nor a function.
v8::Local<v8::Object> ToObject(napi_env env, napi_value value);
// Empty when the value is not a function.
v8::Local<v8::Function> ToFunction(napi_env env, napi_value value);

// Converts a text to a JavaScript string. Empty when the text is longer than V8 allows.
v8::Local<v8::Value> ToValue(v8::Isolate* isolate, const std::string& text);
napi_value ToNapi(v8::Local<v8::Value> value);

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_ARGUMENTS_H_

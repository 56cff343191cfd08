// text_fixture: makes the functions of native/base/printable.h callable from JavaScript.
//
// Owns:        nothing.
// Threads:     the main JavaScript thread.
// Signal-safe: no.
// Lifetime:    none; every function is a plain call from a Buffer to a Buffer.

#include <node_api.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "../../../native/base/printable.h"

namespace gmr::test {

namespace {

std::string_view Bytes(napi_env env, napi_value buffer) {
  void* data = nullptr;
  size_t length = 0;
  napi_get_buffer_info(env, buffer, &data, &length);
  return {static_cast<const char*>(data), length};
}

napi_value ToBuffer(napi_env env, std::string_view text) {
  napi_value buffer = nullptr;
  napi_create_buffer_copy(env, text.size(), text.data(), nullptr, &buffer);
  return buffer;
}

// printable(bytes)
napi_value Printable(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  return ToBuffer(env, platform::Printable(Bytes(env, arguments[0])));
}

// json(bytes)
napi_value Json(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  std::string json;
  platform::AppendJsonString(Bytes(env, arguments[0]), &json);
  return ToBuffer(env, json);
}

// cut(bytes, length)
napi_value Cut(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  uint32_t length = 0;
  napi_get_value_uint32(env, arguments[1], &length);
  return ToBuffer(env, platform::CutUtf8(Bytes(env, arguments[0]), length));
}

napi_value Init(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"printable", nullptr, &Printable, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"json", nullptr, &Json, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"cut", nullptr, &Cut, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE(text_fixture, gmr::test::Init)

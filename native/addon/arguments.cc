#include "arguments.h"

#include <string>

namespace gmr::addon {

namespace {

std::string ToText(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

int64_t ToInteger(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  return value.IsNumber() ? value.As<Napi::Number>().Int64Value() : 0;
}

}  // namespace

vm::IsolateIdentity ToIdentity(const Napi::Object& object) {
  vm::IsolateIdentity identity;
  identity.is_main = object.Get("isMainThread").ToBoolean();
  identity.thread_id = static_cast<int>(ToInteger(object, "threadId"));
  identity.name = ToText(object, "name");
  identity.entry = ToText(object, "entry");
  if (const Napi::Value limits = object.Get("resourceLimits"); limits.IsArray()) {
    const auto array = limits.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); ++i) {
      identity.resource_limits.push_back(Napi::Value(array[i]).ToNumber().DoubleValue());
    }
  }
  return identity;
}

reporter::Options ToOptions(const Napi::Object& object) {
  reporter::Options options;
  options.formatter_source = ToText(object, "formatterSource");
  options.max_frames = static_cast<int>(ToInteger(object, "maxFrames"));
  options.interrupt_timeout_ms = ToInteger(object, "interruptTimeoutMs");
  options.section_timeout_ms = ToInteger(object, "sectionTimeoutMs");
  options.report_timeout_ms = ToInteger(object, "reportTimeoutMs");
  options.view_json = ToText(object, "viewJson");
  return options;
}

}  // namespace gmr::addon

#include "arguments.h"

#include <cstring>

namespace gmr::addon {

namespace {

// nullptr when there is none, or when JavaScript may not run any more.
napi_value Property(napi_env env, napi_value object, const char* key) {
  napi_value value = nullptr;
  return napi_get_named_property(env, object, key, &value) == napi_ok ? value : nullptr;
}

std::string ToText(napi_env env, napi_value value) {
  size_t length = 0;
  if (value == nullptr || napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return "";
  std::string text(length, '\0');
  // The terminating null goes where std::string keeps its own.
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

std::string TextOf(napi_env env, napi_value object, const char* key) {
  return ToText(env, Property(env, object, key));
}

int64_t IntegerOf(napi_env env, napi_value object, const char* key) {
  int64_t number = 0;
  const napi_value value = Property(env, object, key);
  if (value != nullptr) napi_get_value_int64(env, value, &number);
  return number;
}

bool BoolOf(napi_env env, napi_value object, const char* key) {
  bool claim = false;
  const napi_value value = Property(env, object, key);
  if (value != nullptr) napi_get_value_bool(env, value, &claim);
  return claim;
}

std::vector<double> NumbersOf(napi_env env, napi_value object, const char* key) {
  std::vector<double> numbers;
  const napi_value array = Property(env, object, key);
  uint32_t length = 0;
  if (array == nullptr || napi_get_array_length(env, array, &length) != napi_ok) return numbers;
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element = nullptr;
    double number = 0;
    if (napi_get_element(env, array, i, &element) != napi_ok) return {};
    if (napi_get_value_double(env, element, &number) != napi_ok) return {};
    numbers.push_back(number);
  }
  return numbers;
}

bool IsOfType(napi_env env, napi_value value, napi_valuetype wanted) {
  napi_valuetype type = napi_undefined;
  return value != nullptr && napi_typeof(env, value, &type) == napi_ok && type == wanted;
}

// Node-API cannot convert its handle to V8's, but in all versions the two are the same.
v8::Local<v8::Value> ToLocal(napi_value value) {
  static_assert(sizeof(napi_value) == sizeof(v8::Local<v8::Value>), "a handle is one word");
  v8::Local<v8::Value> local;
  std::memcpy(static_cast<void*>(&local), static_cast<const void*>(&value), sizeof local);
  return local;
}

}  // namespace

vm::IsolateIdentity ToIdentity(napi_env env, napi_value object) {
  vm::IsolateIdentity identity;
  identity.is_main = BoolOf(env, object, "isMainThread");
  identity.thread_id = static_cast<int>(IntegerOf(env, object, "threadId"));
  identity.name = TextOf(env, object, "name");
  identity.entry = TextOf(env, object, "entry");
  identity.resource_limits = NumbersOf(env, object, "resourceLimits");
  identity.runs_module_hooks = BoolOf(env, object, "runsModuleHooks");
  return identity;
}

reporter::Options ToOptions(napi_env env, napi_value object) {
  reporter::Options options;
  options.lib_folder = TextOf(env, object, "libFolder");
  if (const napi_value files = Property(env, object, "libFiles"); files != nullptr)
    options.lib_files = ToTexts(env, files);
  options.max_frames = static_cast<int>(IntegerOf(env, object, "maxFrames"));
  options.interrupt_timeout_ms = IntegerOf(env, object, "interruptTimeoutMs");
  options.section_timeout_ms = IntegerOf(env, object, "sectionTimeoutMs");
  options.report_timeout_ms = IntegerOf(env, object, "reportTimeoutMs");
  options.view_json = TextOf(env, object, "viewJson");
  options.service_name = TextOf(env, object, "serviceName");
  options.log_dir = TextOf(env, object, "logDir");
  options.max_reports = IntegerOf(env, object, "maxReports");
  options.max_report_bytes = IntegerOf(env, object, "maxReportBytes");
  options.keep_reports = IntegerOf(env, object, "keepReports");
  options.status_json = TextOf(env, object, "statusJson");
  options.development = BoolOf(env, object, "development");
  options.watched_file = TextOf(env, object, "fileEventHandler");
  options.watch_interval_ms = IntegerOf(env, object, "fileEventHandlerIntervalMs");
  options.watchdog.threshold_ms = IntegerOf(env, object, "watchdogThresholdMs");
  options.watchdog.interval_ms = IntegerOf(env, object, "watchdogIntervalMs");
  options.watchdog.max_reports_per_hour = IntegerOf(env, object, "watchdogReportsPerHour");
  options.watchdog.all_threads = BoolOf(env, object, "watchdogAllThreads");
  const napi_value green = Property(env, object, "greenThreads");
  if (green == nullptr) return options;
  options.green_threads.enabled = BoolOf(env, green, "enabled");
  vm::GreenThreadLimits& limits = options.green_threads.limits;
  limits.max_heap_bytes = static_cast<uint64_t>(IntegerOf(env, green, "maxHeapMb")) << 20;
  limits.max_ms = static_cast<int>(IntegerOf(env, green, "maxPauseMs"));
  options.green_threads.max_analysis_ms = IntegerOf(env, green, "maxAnalysisMs");
  options.green_threads.consistent = BoolOf(env, green, "consistent");
  limits.with_values = TextOf(env, green, "values") != "none";
  limits.max_groups = static_cast<uint32_t>(IntegerOf(env, green, "maxGroups"));
  limits.max_frames = static_cast<uint32_t>(IntegerOf(env, green, "maxFrames"));
  return options;
}

std::vector<std::string> ToTexts(napi_env env, napi_value array) {
  std::vector<std::string> texts;
  uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) != napi_ok) return texts;
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element = nullptr;
    if (napi_get_element(env, array, i, &element) == napi_ok) texts.push_back(ToText(env, element));
  }
  return texts;
}

v8::Local<v8::Object> ToObject(napi_env env, napi_value value) {
  const bool is_object = IsOfType(env, value, napi_object) || IsOfType(env, value, napi_function);
  return is_object ? ToLocal(value).As<v8::Object>() : v8::Local<v8::Object>();
}

v8::Local<v8::Function> ToFunction(napi_env env, napi_value value) {
  return IsOfType(env, value, napi_function) ? ToLocal(value).As<v8::Function>() : v8::Local<v8::Function>();
}

v8::Local<v8::Value> ToValue(v8::Isolate* isolate, const std::string& text) {
  const auto value = v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                             static_cast<int>(text.size()));
  return value.FromMaybe(v8::Local<v8::String>());
}

napi_value ToNapi(v8::Local<v8::Value> local) {
  napi_value value = nullptr;
  std::memcpy(static_cast<void*>(&value), static_cast<const void*>(&local), sizeof local);
  return value;
}

}  // namespace gmr::addon

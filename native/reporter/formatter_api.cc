#include "formatter_api.h"

#include <string>

#include "../platform/clock.h"
#include "../platform/text_file.h"

namespace gmr::reporter {

namespace {

// Whatever the bundle asks for.
constexpr double kLargestFileBytes = 16 << 20;

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

std::string PathArgument(const Arguments& arguments) {
  if (!arguments[0]->IsString()) return "";
  const v8::String::Utf8Value path(arguments.GetIsolate(), arguments[0]);
  return *path == nullptr ? "" : std::string(*path, static_cast<size_t>(path.length()));
}

void ReadTextFile(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  if (!arguments[1]->IsNumber()) return;
  const double max_bytes = arguments[1].As<v8::Number>()->Value();
  if (!(max_bytes >= 0 && max_bytes <= kLargestFileBytes)) return;
  const auto text = platform::ReadRegularFile(PathArgument(arguments), static_cast<size_t>(max_bytes));
  if (!text.ok()) return;
  v8::Local<v8::String> string;
  const auto length = static_cast<int>(text.value().size());
  if (!v8::String::NewFromUtf8(arguments.GetIsolate(), text.value().data(), v8::NewStringType::kNormal,
                               length)
           .ToLocal(&string)) {
    return;
  }
  arguments.GetReturnValue().Set(string);
}

void ModifiedAtMs(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  const auto modified = platform::ModifiedAtMs(PathArgument(arguments));
  if (modified.ok()) arguments.GetReturnValue().Set(modified.value());
}

void NowMs(const Arguments& arguments) { arguments.GetReturnValue().Set(platform::WallClockMs()); }

void Add(v8::Local<v8::Context> context, v8::Local<v8::Object> api, const char* name,
         v8::FunctionCallback callback) {
  v8::Local<v8::Function> function;
  v8::Local<v8::String> key;
  if (!v8::Function::New(context, callback).ToLocal(&function)) return;
  if (!v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), name).ToLocal(&key)) return;
  api->Set(context, key, function).Check();
}

}  // namespace

v8::Local<v8::Object> MakeFormatterApi(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  const auto api = v8::Object::New(isolate);
  Add(context, api, "readTextFile", &ReadTextFile);
  Add(context, api, "modifiedAtMs", &ModifiedAtMs);
  Add(context, api, "nowMs", &NowMs);
  return api;
}

}  // namespace gmr::reporter

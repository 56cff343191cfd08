#include "function_place.h"

#include <string_view>

namespace gmr::vm {

namespace {

// A function may be bound again and again.
constexpr int kMaxBound = 100;
constexpr std::string_view kFileUrl = "file://";

std::string ToText(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value.IsEmpty() || !value->IsString()) return "";
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? "" : std::string(*text, static_cast<size_t>(text.length()));
}

}  // namespace

std::string DescribeFunction(v8::Isolate* isolate, v8::Local<v8::Function> function) {
  const v8::HandleScope scope(isolate);
  for (int i = 0; i < kMaxBound; ++i) {
    const v8::Local<v8::Value> target = function->GetBoundFunction();
    if (!target->IsFunction()) break;
    function = target.As<v8::Function>();
  }
  std::string name = ToText(isolate, function->GetDebugName());
  if (name.empty()) name = "(anonymous)";
  std::string file = ToText(isolate, function->GetScriptOrigin().ResourceName());
  if (file.empty()) return name + " (native code)";
  if (file.starts_with(kFileUrl)) file.erase(0, kFileUrl.size());
  // Lines and columns count from 0 in V8.
  return name + " (" + file + ":" + std::to_string(function->GetScriptLineNumber() + 1) + ":" +
         std::to_string(function->GetScriptColumnNumber() + 1) + ")";
}

}  // namespace gmr::vm

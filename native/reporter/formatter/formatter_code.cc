#include "formatter_code.h"

#include <functional>
#include <memory>

#include "../../v8/v8_compat.h"

namespace gmr::reporter {

v8::MaybeLocal<v8::UnboundScript> FormatterCode::Compile(v8::Isolate* isolate, const std::string& source) {
  using Compiler = v8::ScriptCompiler;
  const size_t hash = std::hash<std::string>{}(source);
  if (hash != source_hash_) cached_.clear();
  source_hash_ = hash;
  v8::Local<v8::String> text;
  if (!v8::String::NewFromUtf8(isolate, source.data(), v8::NewStringType::kNormal,
                               static_cast<int>(source.size()))
           .ToLocal(&text)) {
    return {};
  }
  const auto name = v8::String::NewFromUtf8Literal(isolate, "gmr:formatter");
  const v8::ScriptOrigin origin = vm::OriginNamed(isolate, name);
  if (cached_.empty()) {
    Compiler::Source uncached(text, origin);
    return Compiler::CompileUnboundScript(isolate, &uncached);
  }
  // The source owns this, but not the bytes.
  auto data = std::make_unique<Compiler::CachedData>(cached_.data(), static_cast<int>(cached_.size()));
  Compiler::Source with_cache(text, origin, data.release());
  const auto script = Compiler::CompileUnboundScript(isolate, &with_cache, Compiler::kConsumeCodeCache);
  if (with_cache.GetCachedData()->rejected) cached_.clear();
  return script;
}

void FormatterCode::Keep(v8::Isolate* isolate, const v8::Global<v8::UnboundScript>& script) {
  if (!cached_.empty() || script.IsEmpty()) return;
  const v8::HandleScope scope(isolate);
  const std::unique_ptr<const v8::ScriptCompiler::CachedData> data(
      v8::ScriptCompiler::CreateCodeCache(script.Get(isolate)));
  if (data != nullptr) cached_.assign(data->data, data->data + data->length);
}

}  // namespace gmr::reporter

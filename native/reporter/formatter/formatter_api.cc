#include "formatter_api.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "../../base/clock.h"
#include "../../base/memory_guard.h"
#include "../../process/text_file.h"
#include "../../process/threads/proc_threads.h"
#include "../../process/threads/thread_cpu.h"
#include "../../v8/v8_compat.h"

namespace gmr::reporter {

namespace {

// Whatever the bundle asks for.
constexpr double kLargestTextBytes = 16 << 20;
constexpr double kLargestBytes = 64 << 20;

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

std::string PathArgument(const Arguments& arguments) {
  if (!arguments[0]->IsString()) return "";
  const v8::String::Utf8Value path(arguments.GetIsolate(), arguments[0]);
  return *path == nullptr ? "" : std::string(*path, static_cast<size_t>(path.length()));
}

platform::Result<std::string> ReadFile(const Arguments& arguments, double most_bytes) {
  const double max_bytes = arguments[1]->IsNumber() ? arguments[1].As<v8::Number>()->Value() : -1;
  if (!(max_bytes >= 0 && max_bytes <= most_bytes)) return platform::SysError{EFBIG, "reading the file"};
  return platform::ReadRegularFile(PathArgument(arguments), static_cast<size_t>(max_bytes));
}

void ReadTextFileInto(const Arguments& arguments) {
  const auto text = ReadFile(arguments, kLargestTextBytes);
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

// V8 calls this function, so no C++ exception may leave it. When memory is too short for a file, the file
// counts as unreadable.
void ReadTextFile(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  platform::WithinMemory([&] { ReadTextFileInto(arguments); });
}

// Bytes that a string of V8 consists of. They are not copied, so a source map is in memory only once.
class OwnedBytes : public v8::String::ExternalOneByteStringResource {
 public:
  explicit OwnedBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  const char* data() const override { return bytes_.data(); }
  size_t length() const override { return bytes_.size(); }

 private:
  const std::string bytes_;
};

void ReturnBytes(const Arguments& arguments, std::string bytes) {
  // V8 makes no external strings of nothing.
  if (bytes.empty()) return;
  auto owned = std::make_unique<OwnedBytes>(std::move(bytes));
  v8::Local<v8::String> string;
  if (!v8::String::NewExternalOneByte(arguments.GetIsolate(), owned.get()).ToLocal(&string)) return;
  owned.release();  // NOLINT(bugprone-unused-return-value): it belongs to the string now
  arguments.GetReturnValue().Set(string);
}

void ReadBytes(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  platform::WithinMemory([&] {
    auto bytes = ReadFile(arguments, kLargestBytes);
    if (bytes.ok()) ReturnBytes(arguments, std::move(bytes.value()));
  });
}

void InlineMap(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  platform::WithinMemory([&] {
    const auto* maps = static_cast<const InlineMaps*>(vm::PointerOf(arguments.Data().As<v8::External>()));
    std::string bytes;
    if (arguments[0]->IsUint32() && maps->Read(arguments[0].As<v8::Uint32>()->Value(), &bytes))
      ReturnBytes(arguments, std::move(bytes));
  });
}

void FileSize(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  platform::WithinMemory([&] {
    const auto size = platform::RegularFileSize(PathArgument(arguments));
    if (size.ok()) arguments.GetReturnValue().Set(static_cast<double>(size.value()));
  });
}

void ModifiedAtMs(const Arguments& arguments) {
  arguments.GetReturnValue().SetNull();
  platform::WithinMemory([&] {
    const auto modified = platform::ModifiedAtMs(PathArgument(arguments));
    if (modified.ok()) arguments.GetReturnValue().Set(modified.value());
  });
}

void NowMs(const Arguments& arguments) { arguments.GetReturnValue().Set(platform::WallClockMs()); }

void CpuMs(const Arguments& arguments) {
  arguments.GetReturnValue().Set(static_cast<double>(platform::ThreadCpuNs(platform::CurrentThreadId())) /
                                 platform::kNsPerMs);
}

void Add(v8::Local<v8::Context> context, v8::Local<v8::Object> api, const char* name,
         v8::Local<v8::Value> value) {
  v8::Local<v8::String> key;
  if (!v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), name).ToLocal(&key)) return;
  api->Set(context, key, value).Check();
}

void Add(v8::Local<v8::Context> context, v8::Local<v8::Object> api, const char* name,
         v8::FunctionCallback callback, v8::Local<v8::Value> data = {}) {
  v8::Local<v8::Function> function;
  if (v8::Function::New(context, callback, data).ToLocal(&function)) Add(context, api, name, function);
}

v8::Local<v8::Value> StringOrNull(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  const auto length = static_cast<int>(text.size());
  if (text.empty() ||
      !v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal, length).ToLocal(&string)) {
    return v8::Null(isolate);
  }
  return string;
}

}  // namespace

v8::Local<v8::Object> MakeFormatterApi(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                       const std::string& no_maps, InlineMaps* inline_maps) {
  const auto api = v8::Object::New(isolate);
  Add(context, api, "readTextFile", &ReadTextFile);
  Add(context, api, "readBytes", &ReadBytes);
  Add(context, api, "fileSize", &FileSize);
  Add(context, api, "modifiedAtMs", &ModifiedAtMs);
  Add(context, api, "nowMs", &NowMs);
  Add(context, api, "cpuMs", &CpuMs);
  Add(context, api, "noMaps", StringOrNull(isolate, no_maps));
  Add(context, api, "inlineMap", &InlineMap, vm::ExternalOf(isolate, inline_maps));
  return api;
}

}  // namespace gmr::reporter

#include "formatter_host.h"

#include <v8.h>

#include "../../base/memory_guard.h"
#include "../../process/headroom.h"
#include "../../v8/v8_compat.h"
#include "bare_isolate.h"
#include "formatter_api.h"

namespace gmr::reporter {

namespace {

// A larger photograph gets only the essential report.
constexpr size_t kMaxPhotographBytes = size_t{16} << 20;

std::string Describe(v8::Isolate* isolate, const v8::TryCatch& caught) {
  if (caught.HasTerminated()) return "terminated: out of time or memory";
  if (!caught.HasCaught()) return "no exception, but no result either";
  // What is thrown here is a string; V8's message of it would begin with "Uncaught".
  const bool is_bare = caught.Message().IsEmpty() || caught.Exception()->IsString();
  const v8::String::Utf8Value message(
      isolate, is_bare ? v8::Local<v8::Value>(caught.Exception()) : caught.Message()->Get().As<v8::Value>());
  return *message == nullptr ? "an exception without a message" : *message;
}

v8::MaybeLocal<v8::String> NewString(v8::Isolate* isolate, const std::string& text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()));
}

template <int kLength>
void Throw(v8::Isolate* isolate, const char (&message)[kLength]) {
  isolate->ThrowException(v8::String::NewFromUtf8Literal(isolate, message));
}

// The source maps, whose size src/formatter/positions/budget.ts limits, and what is decoded from them.
constexpr int64_t kMapsBytes = int64_t{96} << 20;
// As much as a report without maps leaves: kReportDataBytes less what it uses.
constexpr int64_t kLeftWithMapsBytes = int64_t{96} << 20;

// A generous estimate of V8's memory: the photograph as a string and as objects, the texts made from it, in
// which some characters take two bytes, and room for garbage.
int64_t BytesToFormat(size_t photograph_bytes) {
  constexpr int64_t kRoomBytes = int64_t{32} << 20;
  constexpr int64_t kPerByte = 12;
  return kRoomBytes + kPerByte * static_cast<int64_t>(photograph_bytes);
}

// `left_bytes` of those under RLIMIT_DATA are for the application's threads, which allocate meanwhile.
std::string ShortageOf(int64_t bytes, int64_t left_bytes) {
  return Shortage(platform::ReadHeadroom(),
                  {.bytes = bytes, .data_bytes = bytes + left_bytes, .address_space_bytes = bytes});
}

// Why source maps may not be read; empty when they may. The report does without rather than with less memory.
std::string WhyNoMaps(size_t photograph_bytes) {
  const std::string shortage = ShortageOf(BytesToFormat(photograph_bytes) + kMapsBytes, kLeftWithMapsBytes);
  return shortage.empty() ? "" : "its source map was not read: " + shortage;
}

v8::MaybeLocal<v8::String> NewPhotograph(const FormatterJob& job, v8::Isolate* isolate,
                                         v8::Local<v8::Context> context, std::string* no_maps) {
  if (!job.await_photograph()) {
    Throw(isolate, "what it reports was not complete in time");
    return {};
  }
  const std::string json = job.photograph_json(isolate, context);
  if (json.size() > kMaxPhotographBytes) {
    Throw(isolate, "the report is larger than 16 MiB");
    return {};
  }
  // This is checked first because V8 ends the process when it cannot allocate memory.
  const std::string shortage = ShortageOf(BytesToFormat(json.size()), 0);
  *no_maps = WhyNoMaps(json.size());
  if (shortage.empty()) return NewString(isolate, json);
  isolate->ThrowException(NewString(isolate, shortage).FromMaybe(v8::String::Empty(isolate)));
  return {};
}

using Arguments = v8::Local<v8::Value>[2];

// Calls a function that the bundle defines.
v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Context> context, const char* name, Arguments& arguments) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> key;
  v8::Local<v8::Value> function;
  if (!v8::String::NewFromUtf8(isolate, name).ToLocal(&key) ||
      !context->Global()->Get(context, key).ToLocal(&function)) {
    return {};
  }
  if (!function->IsFunction()) {
    Throw(isolate, "the bundle does not define what it should");
    return {};
  }
  return function.As<v8::Function>()->Call(context, v8::Undefined(isolate), 2, arguments);
}

bool LoadBundle(const FormatterJob& job, v8::Isolate* isolate, v8::Local<v8::Context> context,
                v8::Global<v8::UnboundScript>* script) {
  v8::Local<v8::UnboundScript> unbound;
  if (!job.code->Compile(isolate, job.source).ToLocal(&unbound)) return false;
  script->Reset(isolate, unbound);
  return !unbound->BindToCurrentContext()->Run(context).IsEmpty();
}

bool ToStdString(v8::Isolate* isolate, v8::Local<v8::Value> value, std::string* text) {
  if (!value->IsString()) return false;
  *text = vm::ToUtf8(isolate, value.As<v8::String>());
  return true;
}

// [extension, text, extension, text...]. Returns why that is not what it got; empty when it is.
std::string ToTexts(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Value> result,
                    std::vector<ReportText>* texts) {
  if (!result->IsArray()) return "the formatter returned no array";
  const auto array = result.As<v8::Array>();
  for (uint32_t i = 0; i + 1 < array->Length(); i += 2) {
    ReportText& report = texts->emplace_back();
    v8::Local<v8::Value> extension;
    v8::Local<v8::Value> text;
    if (!array->Get(context, i).ToLocal(&extension) || !array->Get(context, i + 1).ToLocal(&text) ||
        !ToStdString(isolate, extension, &report.extension) || !ToStdString(isolate, text, &report.text)) {
      return "the report could not be converted";
    }
  }
  return texts->empty() ? "the formatter returned nothing" : "";
}

// Returns why it failed; empty when it did not.
std::string RunIn(const FormatterJob& job, v8::Isolate* isolate, v8::Global<v8::UnboundScript>* script,
                  Formatted* formatted, size_t* max_heap_bytes) {
  const v8::HandleScope scope(isolate);
  const v8::TryCatch caught(isolate);
  const auto context = v8::Context::New(isolate);
  if (context.IsEmpty()) return "no context could be made";
  const v8::Context::Scope context_scope(context);
  v8::Local<v8::String> photograph;
  std::string no_maps;
  if (!LoadBundle(job, isolate, context, script) ||
      !NewPhotograph(job, isolate, context, &no_maps).ToLocal(&photograph)) {
    return Describe(isolate, caught);
  }
  // Memory was found for this much. V8 ends the process when it cannot have more.
  *max_heap_bytes = static_cast<size_t>(BytesToFormat(static_cast<size_t>(photograph->Length())) +
                                        (no_maps.empty() ? kMapsBytes : 0));
  Arguments arguments = {photograph, MakeFormatterApi(isolate, context, no_maps, job.inline_maps.get())};
  if (job.wants_photograph) {
    if (!Call(context, "gmrResolve", arguments).ToLocal(&arguments[0])) return Describe(isolate, caught);
    if (!ToStdString(isolate, arguments[0], &formatted->photograph_json))
      return "the photograph could not be converted";
  }
  if (!job.wants_texts) return "";
  v8::Local<v8::Value> texts;
  if (!Call(context, "gmrFormat", arguments).ToLocal(&texts)) return Describe(isolate, caught);
  return ToTexts(isolate, context, texts, &formatted->texts);
}

}  // namespace

std::string Format(const FormatterJob& job, ExitGate* gate) {
  if (job.source.empty()) return "its bundle could not be read at setup";
  Formatted formatted;
  v8::Global<v8::UnboundScript> script;  // must not outlive the isolate
  BareIsolateJob bare;
  bare.platform = job.platform;
  bare.deadline_ns = job.deadline_ns;
  bare.work = [&](v8::Isolate* isolate) {
    const std::string failure = RunIn(job, isolate, &script, &formatted, &bare.max_heap_bytes);
    if (!failure.empty()) script.Reset();
    // An exit terminates the script and ends the wait for the photograph; neither means that time ran out.
    return failure.empty() || !gate->closing() ? failure : "the process is exiting";
  };
  bare.before_disposal = [&](v8::Isolate* isolate) {
    job.deliver(std::move(formatted));
    // The cached code saves the next report some milliseconds. It is not needed when the process exits, and
    // without memory for it, that report compiles the script again.
    if (!gate->closing()) platform::WithinMemory([&] { job.code->Keep(isolate, script); });
    script.Reset();
  };
  return RunInBareIsolate(&bare, gate);
}

}  // namespace gmr::reporter

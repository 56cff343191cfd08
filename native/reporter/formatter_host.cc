#include "formatter_host.h"

#include <v8.h>

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

v8::MaybeLocal<v8::String> NewPhotograph(const FormatterJob& job, v8::Isolate* isolate,
                                         v8::Local<v8::Context> context) {
  if (!job.await_photograph()) {
    Throw(isolate, "what it is about was not complete in time");
    return {};
  }
  const std::string json = job.photograph_json(isolate, context);
  if (json.size() <= kMaxPhotographBytes) return NewString(isolate, json);
  Throw(isolate, "the report is larger than 16 MiB");
  return {};
}

v8::MaybeLocal<v8::Value> RunBundle(const FormatterJob& job, v8::Isolate* isolate,
                                    v8::Local<v8::Context> context, v8::Global<v8::UnboundScript>* script) {
  v8::Local<v8::UnboundScript> unbound;
  v8::Local<v8::Value> format;
  v8::Local<v8::String> photograph;
  if (!job.code->Compile(isolate, job.source).ToLocal(&unbound)) return {};
  script->Reset(isolate, unbound);
  if (unbound->BindToCurrentContext()->Run(context).IsEmpty() ||
      !context->Global()
           ->Get(context, v8::String::NewFromUtf8Literal(isolate, "gmrFormat"))
           .ToLocal(&format)) {
    return {};
  }
  if (!format->IsFunction()) {
    Throw(isolate, "the bundle defines no gmrFormat");
    return {};
  }
  const v8::Local<v8::Value> api = MakeFormatterApi(isolate, context);
  if (!NewPhotograph(job, isolate, context).ToLocal(&photograph)) return {};
  v8::Local<v8::Value> arguments[] = {photograph, api};
  return format.As<v8::Function>()->Call(context, v8::Undefined(isolate), 2, arguments);
}

struct Formatted {
  std::vector<ReportText> texts;
  std::string failure;  // empty: `texts` is the report
};

bool ToStdString(v8::Isolate* isolate, v8::Local<v8::Value> value, std::string* text) {
  if (!value->IsString()) return false;
  const v8::String::Utf8Value utf8(isolate, value);
  if (*utf8 == nullptr) return false;
  text->assign(*utf8, static_cast<size_t>(utf8.length()));
  return true;
}

// [extension, text, extension, text...]
Formatted ToTexts(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Value> result) {
  Formatted formatted;
  if (!result->IsArray()) return {{}, "the formatter returned no array"};
  const auto array = result.As<v8::Array>();
  for (uint32_t i = 0; i + 1 < array->Length(); i += 2) {
    ReportText& report = formatted.texts.emplace_back();
    v8::Local<v8::Value> extension;
    v8::Local<v8::Value> text;
    if (!array->Get(context, i).ToLocal(&extension) || !array->Get(context, i + 1).ToLocal(&text) ||
        !ToStdString(isolate, extension, &report.extension) || !ToStdString(isolate, text, &report.text)) {
      return {{}, "the report could not be converted"};
    }
  }
  if (formatted.texts.empty()) return {{}, "the formatter returned nothing"};
  return formatted;
}

Formatted RunIn(const FormatterJob& job, v8::Isolate* isolate, v8::Global<v8::UnboundScript>* script) {
  const v8::HandleScope scope(isolate);
  const v8::TryCatch caught(isolate);
  const auto context = v8::Context::New(isolate);
  if (context.IsEmpty()) return {{}, "no context could be made"};
  const v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> result;
  if (!RunBundle(job, isolate, context, script).ToLocal(&result)) return {{}, Describe(isolate, caught)};
  return ToTexts(isolate, context, result);
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
    formatted = RunIn(job, isolate, &script);
    if (!formatted.failure.empty()) script.Reset();
    return formatted.failure;
  };
  bare.before_disposal = [&](v8::Isolate* isolate) {
    job.deliver(std::move(formatted.texts));
    job.code->Keep(isolate, script);
    script.Reset();
  };
  return RunInBareIsolate(bare, gate);
}

}  // namespace gmr::reporter

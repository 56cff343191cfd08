// The addon's entry: src/addon/contract.ts, one function for each member.
//
// The only file that registers with Node. Node does not compare the ABI of an
// addon that registers through Node-API, so Init does, before any V8 call.

#include <napi.h>
#include <node.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "../base/memory_guard.h"
#include "../os/queue_signal.h"
#include "../reporter/fatal_report.h"
#include "../reporter/reporter.h"
#include "../v8/function_place.h"
#include "../v8/isolate_registry.h"
#include "../v8/v8_compat.h"
#include "arguments.h"
#include "callers_loop.h"
#include "event_channel.h"
#include "main_loop.h"

namespace gmr::addon {

namespace {

using reporter::Reporter;

void Throw(Napi::Env env, const char* code, const std::string& message) {
  const Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  error.ThrowAsJavaScriptException();
}

void ThrowUnlessOk(Napi::Env env, const char* code, const platform::Result<bool>& result) {
  if (!result.ok()) Throw(env, code, result.error().ToString());
}

void RegisterIsolate(const Napi::CallbackInfo& info) {
  const vm::IsolateIdentity identity = ToIdentity(info.Env(), info[0]);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Reporter::Get().BlockSignalHere();
  if (identity.is_main) {
    // First, so that at exit its hook runs last (hooks run in reverse order):
    // the registry must not lose the main isolate while a report still waits.
    Reporter::Get().WatchExit(isolate, node::GetCurrentEnvironment(isolate->GetCurrentContext()));
  }
  vm::IsolateRegistry::Get().RegisterCurrent(identity);
}

void SetContext(const Napi::CallbackInfo& info) {
  vm::IsolateRegistry::Get().SetContext(ToObject(info.Env(), info[0]), ToTexts(info.Env(), info[1]));
}

void AnnounceWorker(const Napi::CallbackInfo& info) {
  vm::IsolateRegistry::Get().Announce(ToIdentity(info.Env(), info[0]));
}

void ForgetWorker(const Napi::CallbackInfo& info) {
  vm::IsolateRegistry::Get().Forget(info[0].As<Napi::Number>().Int32Value());
}

void Configure(const Napi::CallbackInfo& info) {
  ThrowUnlessOk(info.Env(), "GMR_ADDON_UNAVAILABLE",
                Reporter::Get().Configure(ToOptions(info.Env(), info[0])));
}

// Compiles the file `info[0]` of lib/ as a CommonJS module, from the text that was read at setup, and returns
// the module's function. Undefined when there is no such file.
v8::MaybeLocal<v8::Function> CompileOwn(const Napi::CallbackInfo& info) {
  const std::string file = info[0].As<Napi::String>();
  const reporter::OwnSources* sources = Reporter::Get().own_sources();
  const std::string text = sources == nullptr ? "" : sources->TextOf(file);
  if (text.empty()) return {};
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Value> source = ToValue(isolate, text);
  const v8::Local<v8::Value> name = ToValue(isolate, "gmr:" + file);
  if (source.IsEmpty() || name.IsEmpty()) return {};
  v8::Local<v8::String> parameters[] = {v8::String::NewFromUtf8Literal(isolate, "module"),
                                        v8::String::NewFromUtf8Literal(isolate, "exports"),
                                        v8::String::NewFromUtf8Literal(isolate, "require")};
  v8::ScriptCompiler::Source script(source.As<v8::String>(), vm::OriginNamed(isolate, name));
  const v8::TryCatch swallow(isolate);
  return v8::ScriptCompiler::CompileFunction(isolate->GetCurrentContext(), &script, std::size(parameters),
                                             parameters);
}

napi_value InvokeCompileOwn(napi_env env, napi_callback_info info) {
  v8::Local<v8::Function> compiled;
  bool done = false;
  platform::WithinMemory([&] { done = CompileOwn(Napi::CallbackInfo(env, info)).ToLocal(&compiled); });
  return done ? ToNapi(compiled) : nullptr;
}

napi_value InvokeArePackageFilesThere(napi_env env, napi_callback_info) {
  napi_value answer = nullptr;
  const reporter::OwnSources* sources = Reporter::Get().own_sources();
  if (sources == nullptr || sources->empty()) return nullptr;
  bool are_there = false;
  platform::WithinMemory([&] { are_there = sources->AreStillThere(); });
  return napi_get_boolean(env, are_there, &answer) == napi_ok ? answer : nullptr;
}

void SetFacts(const Napi::CallbackInfo& info) { Reporter::Get().SetFacts(info[0].As<Napi::String>()); }

void SetConfiguration(const Napi::CallbackInfo& info) {
  Reporter::Get().SetConfiguration(info[0].As<Napi::String>());
}

void SetSections(const Napi::CallbackInfo& info) {
  std::vector<reporter::SectionsExchange::Section> sections;
  const auto array = info[0].As<Napi::Array>();
  sections.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const auto section = Napi::Value(array[i]).As<Napi::Object>();
    sections.push_back({section.Get("title").ToString(), section.Get("timeoutMs").ToNumber().Int64Value()});
  }
  MainLoop::Get().Attach(v8::Isolate::GetCurrent(), ToFunction(info.Env(), info[2]),
                         [] { return Reporter::Get().sections().Begin(); });
  Reporter::Get().sections().SetSections(std::move(sections), info[1].ToBoolean(),
                                         [] { return MainLoop::Get().Wake(); });
}

uint32_t RequestOf(const Napi::CallbackInfo& info) { return info[0].As<Napi::Number>().Uint32Value(); }
size_t IndexOf(const Napi::CallbackInfo& info) { return info[1].As<Napi::Number>().Uint32Value(); }

void SectionStarted(const Napi::CallbackInfo& info) {
  Reporter::Get().sections().Started(RequestOf(info), IndexOf(info));
}

void SectionDone(const Napi::CallbackInfo& info) {
  Reporter::Get().sections().Done(RequestOf(info), IndexOf(info), info[2].As<Napi::String>());
}

void SectionsFinished(const Napi::CallbackInfo& info) {
  Reporter::Get().sections().Finished(RequestOf(info));
}

Napi::Value InstallSignal(const Napi::CallbackInfo& info) {
  const int number = info[0].As<Napi::Number>().Int32Value();
  ThrowUnlessOk(info.Env(), "GMR_SIGNAL_FAILED",
                Reporter::Get().InstallSignal(number, info[1].As<Napi::String>()));
  const platform::SignalAction::Earlier& earlier = Reporter::Get().earlier_handlers();
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("foreignModule", earlier.foreign_module);
  result.Set("libuvActive", earlier.libuv_active);
  return result;
}

void RemoveSignal(const Napi::CallbackInfo&) { Reporter::Get().RemoveSignal(); }

void SetSignalListeners(const Napi::CallbackInfo& info) {
  Reporter::Get().SetSignalListeners(info[0].ToBoolean(), info[1].ToBoolean());
}

Napi::Value DescribeFunction(const Napi::CallbackInfo& info) {
  const v8::Local<v8::Object> object = ToObject(info.Env(), info[0]);
  if (object.IsEmpty() || !object->IsFunction()) return Napi::String::New(info.Env(), "");
  return Napi::String::New(info.Env(),
                           vm::DescribeFunction(v8::Isolate::GetCurrent(), object.As<v8::Function>()));
}

void Say(const Napi::CallbackInfo& info) {
  Reporter::Get().Say(info[0].As<Napi::String>(), info[1].ToBoolean());
}

Napi::Value OpenProcess(const Napi::CallbackInfo& info) {
  const auto opened = platform::OpenProcess(info[0].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), opened.ok() ? opened.value() : -1);
}

void QueueRequest(const Napi::CallbackInfo& info) {
  const auto number = [&info](size_t index) { return info[index].As<Napi::Number>().Int32Value(); };
  const auto queued = platform::QueueRequest(number(0), number(1), number(2));
  if (queued.ok()) return;
  const Napi::Error error = Napi::Error::New(info.Env(), queued.error().ToString());
  error.Set("errno", Napi::Number::New(info.Env(), queued.error().code));
  error.ThrowAsJavaScriptException();
}

// Releases the caller's loop unless the request was accepted, even when memory ran out before that.
class ReleaseUnlessAccepted {
 public:
  explicit ReleaseUnlessAccepted(const CallersLoop& loop) : loop_(loop) {}
  ReleaseUnlessAccepted(const ReleaseUnlessAccepted&) = delete;
  ReleaseUnlessAccepted& operator=(const ReleaseUnlessAccepted&) = delete;
  ~ReleaseUnlessAccepted() {
    if (!accepted) loop_.Release();
  }

  bool accepted = false;

 private:
  const CallersLoop& loop_;
};

void RequestPhotograph(const Napi::CallbackInfo& info) {
  const CallersLoop done(v8::Isolate::GetCurrent(), ToFunction(info.Env(), info[0]));
  ReleaseUnlessAccepted release(done);
  const auto requested =
      Reporter::Get().RequestPhotograph([done](const std::string& json) { done.CallOnce(json); });
  release.accepted = requested.ok();
  ThrowUnlessOk(info.Env(), "GMR_REPORT_FAILED", requested);
}

void RequestReport(const Napi::CallbackInfo& info) {
  const CallersLoop done(v8::Isolate::GetCurrent(), ToFunction(info.Env(), info[0]));
  ReleaseUnlessAccepted release(done);
  const auto trigger = reporter::TriggeredNow(reporter::Trigger::Kind::kApi);
  const auto requested =
      Reporter::Get().RequestReport(trigger, [done](const reporter::Delivery::Outcome& outcome) {
        reporter::JsonWriter json;
        WriteOutcome(json.BeginObject(), outcome);
        done.CallOnce(json.EndObject().Take());
      });
  release.accepted = requested.ok();
  ThrowUnlessOk(info.Env(), "GMR_REPORT_FAILED", requested);
}

void ReportFatal(const Napi::CallbackInfo& info) {
  reporter::WriteFatalReport(info[0].As<Napi::String>(), info[1].As<Napi::Number>().Int64Value());
}

void NoteHandledError(const Napi::CallbackInfo& info) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  reporter::NoteHandledError(node::GetCurrentEnvironment(isolate->GetCurrentContext()),
                             info[0].As<Napi::String>(), info[1].As<Napi::Number>().Int64Value());
}

void WatchHeapLimit(const Napi::CallbackInfo& info) {
  reporter::WatchHeapLimit(v8::Isolate::GetCurrent(), info[0].As<Napi::Number>().Int64Value());
}

void StopPatrol(const Napi::CallbackInfo&) { Reporter::Get().StopPatrol(); }

void SetEventListener(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) {
    Reporter::Get().SetEventListener(nullptr, false);
    EventChannel::Get().Detach();
    return;
  }
  EventChannel::Get().Attach(v8::Isolate::GetCurrent(), ToFunction(info.Env(), info[0]));
  Reporter::Get().SetEventListener([](const std::string& json) { EventChannel::Get().Send(json); },
                                   info[1].ToBoolean());
}

// Node's major version stands for its ABI. process.versions.modules would say it
// exactly, and src/addon compares that, but a property cannot be read in a
// worker that is being terminated.
bool CheckAbi(napi_env env) {
  const napi_node_version* running = nullptr;
  if (napi_get_node_version(env, &running) != napi_ok) return false;
  if (running->major == NODE_MAJOR_VERSION) return true;
  const std::string message = "built for Node " + std::to_string(NODE_MAJOR_VERSION) + " (ABI " +
                              std::to_string(vm::kNodeModuleVersion) + "), running on Node " +
                              std::to_string(running->major);
  napi_throw_error(env, "GMR_WRONG_ABI", message.c_str());
  return false;
}

// Node calls this function, so no C++ exception may leave it.
template <typename Work>
void OrThrow(napi_env env, const Work& work) {
  if (!platform::WithinMemory(work))
    napi_throw_error(env, "GMR_REPORT_FAILED", "expected memory for a call of the native addon, got none");
}

template <void (*function)(const Napi::CallbackInfo&)>
napi_value Invoke(napi_env env, napi_callback_info info) {
  OrThrow(env, [&] { function(Napi::CallbackInfo(env, info)); });
  return nullptr;
}

template <Napi::Value (*function)(const Napi::CallbackInfo&)>
napi_value Answer(napi_env env, napi_callback_info info) {
  napi_value answer = nullptr;
  OrThrow(env, [&] { answer = function(Napi::CallbackInfo(env, info)); });
  return answer;
}

template <Napi::Value (*function)(const Napi::CallbackInfo&)>
napi_property_descriptor Question(const char* name) {
  return {name, nullptr, &Answer<function>, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
}

template <void (*function)(const Napi::CallbackInfo&)>
napi_property_descriptor Method(const char* name) {
  return {name, nullptr, &Invoke<function>, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
}

napi_value Define(napi_env env, napi_value exports) {
  if (!CheckAbi(env)) return nullptr;
  napi_value abi = nullptr;
  if (napi_create_string_utf8(env, std::to_string(vm::kNodeModuleVersion).c_str(), NAPI_AUTO_LENGTH, &abi) !=
      napi_ok) {
    return nullptr;
  }
  const napi_property_descriptor members[] = {
      {"abi", nullptr, nullptr, nullptr, nullptr, abi, napi_enumerable, nullptr},
      Method<&RegisterIsolate>("registerIsolate"),
      Method<&SetContext>("setContext"),
      Method<&AnnounceWorker>("announceWorker"),
      Method<&ForgetWorker>("forgetWorker"),
      Method<&Configure>("configure"),
      {"compileOwn", nullptr, &InvokeCompileOwn, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"arePackageFilesThere", nullptr, &InvokeArePackageFilesThere, nullptr, nullptr, nullptr,
       napi_enumerable, nullptr},
      Method<&SetFacts>("setFacts"),
      Method<&SetConfiguration>("setConfiguration"),
      Method<&SetSections>("setSections"),
      Method<&SectionStarted>("sectionStarted"),
      Method<&SectionDone>("sectionDone"),
      Method<&SectionsFinished>("sectionsFinished"),
      Question<&InstallSignal>("installSignal"),
      Method<&RemoveSignal>("removeSignal"),
      Method<&SetSignalListeners>("setSignalListeners"),
      Question<&DescribeFunction>("describeFunction"),
      Method<&Say>("say"),
      Question<&OpenProcess>("openProcess"),
      Method<&QueueRequest>("queueRequest"),
      Method<&RequestPhotograph>("requestPhotograph"),
      Method<&RequestReport>("requestReport"),
      Method<&ReportFatal>("reportFatal"),
      Method<&NoteHandledError>("noteHandledError"),
      Method<&WatchHeapLimit>("watchHeapLimit"),
      Method<&StopPatrol>("stopPatrol"),
      Method<&SetEventListener>("setEventListener"),
  };
  napi_define_properties(env, exports, std::size(members), members);
  return exports;
}

// This does not use node-addon-api's registration, which may abort when a call fails: in a worker that is
// terminated while it loads the addon, every call fails, and nothing needs to be done.
napi_value Init(napi_env env, napi_value exports) {
  napi_value defined = nullptr;
  OrThrow(env, [&] { defined = Define(env, exports); });
  return defined;
}

}  // namespace

NAPI_MODULE(gmr_native, Init)

}  // namespace gmr::addon

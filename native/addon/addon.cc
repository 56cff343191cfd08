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

#include "../reporter/fatal_report.h"
#include "../reporter/reporter.h"
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
  MainLoop::Get().Attach(info.Env(), info[2].As<Napi::Function>(),
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

void InstallSignal(const Napi::CallbackInfo& info) {
  const int number = info[0].As<Napi::Number>().Int32Value();
  ThrowUnlessOk(info.Env(), "GMR_SIGNAL_FAILED",
                Reporter::Get().InstallSignal(number, info[1].As<Napi::String>()));
}

void RemoveSignal(const Napi::CallbackInfo&) { Reporter::Get().RemoveSignal(); }

void RequestPhotograph(const Napi::CallbackInfo& info) {
  const CallersLoop done(info.Env(), info[0].As<Napi::Function>(), "gmr-native photograph");
  const auto requested =
      Reporter::Get().RequestPhotograph([done](const std::string& json) { done.CallOnce(json); });
  if (!requested.ok()) done.Release();
  ThrowUnlessOk(info.Env(), "GMR_REPORT_FAILED", requested);
}

void RequestReport(const Napi::CallbackInfo& info) {
  const CallersLoop done(info.Env(), info[0].As<Napi::Function>(), "gmr-native report");
  const auto trigger = reporter::TriggeredNow(reporter::Trigger::Kind::kApi);
  const auto requested =
      Reporter::Get().RequestReport(trigger, [done](const reporter::Delivery::Outcome& outcome) {
        reporter::JsonWriter json;
        WriteOutcome(json.BeginObject(), outcome);
        done.CallOnce(json.EndObject().Take());
      });
  if (!requested.ok()) done.Release();
  ThrowUnlessOk(info.Env(), "GMR_REPORT_FAILED", requested);
}

void ReportFatal(const Napi::CallbackInfo& info) {
  reporter::WriteFatalReport(info[0].As<Napi::String>(), info[1].As<Napi::Number>().Int64Value());
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
  EventChannel::Get().Attach(info.Env(), info[0].As<Napi::Function>());
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

template <void (*function)(const Napi::CallbackInfo&)>
napi_value Invoke(napi_env env, napi_callback_info info) {
  function(Napi::CallbackInfo(env, info));
  return nullptr;
}

template <void (*function)(const Napi::CallbackInfo&)>
napi_property_descriptor Method(const char* name) {
  return {name, nullptr, &Invoke<function>, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
}

// Without node-addon-api's own registration: a worker may be terminated while
// it loads the addon. Then each call fails, and there is nothing to be done.
napi_value Init(napi_env env, napi_value exports) {
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
      Method<&SetFacts>("setFacts"),
      Method<&SetConfiguration>("setConfiguration"),
      Method<&SetSections>("setSections"),
      Method<&SectionStarted>("sectionStarted"),
      Method<&SectionDone>("sectionDone"),
      Method<&SectionsFinished>("sectionsFinished"),
      Method<&InstallSignal>("installSignal"),
      Method<&RemoveSignal>("removeSignal"),
      Method<&RequestPhotograph>("requestPhotograph"),
      Method<&RequestReport>("requestReport"),
      Method<&ReportFatal>("reportFatal"),
      Method<&WatchHeapLimit>("watchHeapLimit"),
      Method<&StopPatrol>("stopPatrol"),
      Method<&SetEventListener>("setEventListener"),
  };
  napi_define_properties(env, exports, std::size(members), members);
  return exports;
}

}  // namespace

NAPI_MODULE(gmr_native, Init)

}  // namespace gmr::addon

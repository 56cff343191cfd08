// The addon's entry: src/addon/contract.ts, one function for each member.
//
// The only file that registers with Node. Node does not compare the ABI of an
// addon that registers through Node-API, so Init does, before any V8 call.

#include <napi.h>
#include <node.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../reporter/reporter.h"
#include "../v8/isolate_registry.h"
#include "../v8/v8_compat.h"
#include "arguments.h"
#include "main_loop.h"

namespace gmr::addon {

namespace {

using reporter::Reporter;

void Throw(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  error.ThrowAsJavaScriptException();
}

void ThrowUnlessOk(Napi::Env env, const char* code, const platform::Result<bool>& result) {
  if (!result.ok()) Throw(env, code, result.error().ToString());
}

void RegisterIsolate(const Napi::CallbackInfo& info) {
  const vm::IsolateIdentity identity = ToIdentity(info[0].As<Napi::Object>());
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Reporter::Get().BlockSignalHere();
  if (identity.is_main) {
    // First, so that at exit its hook runs last (hooks run in reverse order):
    // the registry must not lose the main isolate while a report still waits.
    Reporter::Get().WatchExit(isolate, node::GetCurrentEnvironment(isolate->GetCurrentContext()));
  }
  vm::IsolateRegistry::Get().RegisterCurrent(identity);
}

void AnnounceWorker(const Napi::CallbackInfo& info) {
  vm::IsolateRegistry::Get().Announce(ToIdentity(info[0].As<Napi::Object>()));
}

void ForgetWorker(const Napi::CallbackInfo& info) {
  vm::IsolateRegistry::Get().Forget(info[0].As<Napi::Number>().Int32Value());
}

void Configure(const Napi::CallbackInfo& info) {
  ThrowUnlessOk(info.Env(), "GMR_ADDON_UNAVAILABLE",
                Reporter::Get().Configure(ToOptions(info[0].As<Napi::Object>())));
}

void SetFacts(const Napi::CallbackInfo& info) { Reporter::Get().SetFacts(info[0].As<Napi::String>()); }

void SetConfiguration(const Napi::CallbackInfo& info) {
  Reporter::Get().SetConfiguration(info[0].As<Napi::String>());
}

void SetSections(const Napi::CallbackInfo& info) {
  std::vector<std::string> titles;
  const auto array = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) titles.push_back(Napi::Value(array[i]).ToString());
  MainLoop::Get().Attach(info.Env(), info[2].As<Napi::Function>(),
                         [] { return Reporter::Get().sections().Begin(); });
  Reporter::Get().sections().SetSections(std::move(titles), info[1].ToBoolean(),
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
  // Keeps the caller's loop alive until the photograph is there.
  auto done =
      Napi::ThreadSafeFunction::New(info.Env(), info[0].As<Napi::Function>(), "gmr-native photograph", 0, 1);
  const auto requested = Reporter::Get().RequestPhotograph([done](const std::string& json) mutable {
    auto* text = new std::string(json);  // NOLINT(cppcoreguidelines-owning-memory): the callback frees it
    const napi_status status =
        done.NonBlockingCall(text, [](Napi::Env env, Napi::Function callback, std::string* owned) {
          const std::unique_ptr<std::string> json_text(owned);
          if (env != nullptr) callback.Call({Napi::String::New(env, *json_text)});
        });
    // The caller's environment has ended: nobody waits for it.
    if (status != napi_ok) delete text;  // NOLINT(cppcoreguidelines-owning-memory)
    if (status != napi_closing) done.Release();
  });
  if (!requested.ok()) done.Release();
  ThrowUnlessOk(info.Env(), "GMR_REPORT_FAILED", requested);
}

bool CheckAbi(Napi::Env env) {
  const std::string built_for = std::to_string(vm::kNodeModuleVersion);
  const auto process = env.Global().Get("process").As<Napi::Object>();
  const std::string running = process.Get("versions").As<Napi::Object>().Get("modules").ToString();
  if (built_for == running) return true;
  Throw(env, "GMR_WRONG_ABI", "built for Node ABI " + built_for + ", running on " + running);
  return false;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  if (!CheckAbi(env)) return exports;
  const auto add = [&](const char* name, void (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  exports.Set("abi", Napi::String::New(env, std::to_string(vm::kNodeModuleVersion)));
  add("registerIsolate", &RegisterIsolate);
  add("announceWorker", &AnnounceWorker);
  add("forgetWorker", &ForgetWorker);
  add("configure", &Configure);
  add("setFacts", &SetFacts);
  add("setConfiguration", &SetConfiguration);
  add("setSections", &SetSections);
  add("sectionStarted", &SectionStarted);
  add("sectionDone", &SectionDone);
  add("sectionsFinished", &SectionsFinished);
  add("installSignal", &InstallSignal);
  add("removeSignal", &RemoveSignal);
  add("requestPhotograph", &RequestPhotograph);
  return exports;
}

}  // namespace

NODE_API_MODULE(gmr_native, Init)

}  // namespace gmr::addon

// Decodes the stack of the calling thread while that thread waits, so that a
// test can compare it with the call sites of an Error.
#include <node_api.h>
#include <pthread.h>
#include <v8.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "../../../native/v8/builtins.h"
#include "../../../native/v8/layout_check.h"
#include "../../../native/v8/layout_loader.h"
#include "decoder.h"
#include "fuzz.h"
#include "recording.h"

namespace gmr::test {

namespace {

vm::CodeRanges ranges;
int32_t entry_fp_offset = -1;

Decoder& SharedDecoder() {
  static Decoder& decoder = *new Decoder(&vm::ProcessLayout().layout);
  return decoder;
}

bool RefreshRanges() {
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const auto maps = platform::ProcMaps::Read();
  const auto modules = platform::ModuleList::Collect(&memory);
  return maps.ok() &&
         vm::FillCodeRanges(maps.value(), modules, vm::BuiltinsOf(v8::Isolate::GetCurrent()), &ranges);
}

Start StartHere() { return {platform::OwnAddress(v8::Isolate::GetCurrent()), entry_fp_offset}; }

// Runs `work` on another thread while this one waits on a condition variable.
template <typename Work>
void WhileBlocked(Work work) {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  std::thread thread([&] {
    work();
    const std::lock_guard<std::mutex> lock(mutex);
    finished = true;
    done.notify_one();
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    done.wait(lock, [&] { return finished; });
  }
  thread.join();
}

void Set(napi_env env, napi_value object, const char* key, const char* text) {
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, key, value);
}

void Set(napi_env env, napi_value object, const char* key, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  napi_set_named_property(env, object, key, value);
}

void SetFlag(napi_env env, napi_value object, const char* key, bool flag) {
  napi_value value;
  napi_get_boolean(env, flag, &value);
  napi_set_named_property(env, object, key, value);
}

void Set(napi_env env, napi_value object, const char* key, std::string_view text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  napi_set_named_property(env, object, key, value);
}

// Nothing where nothing was read.
void SetCode(napi_env env, napi_value object, const vm::RawCode* code) {
  if (code == nullptr) return;
  Set(env, object, "script", code->script);
  if (code->source_column > 0) {
    Set(env, object, "source", code->source);
    Set(env, object, "sourceColumn", code->source_column);
    SetFlag(env, object, "isCut", code->source_is_cut);
  }
  if (code->start_line > 0) {
    Set(env, object, "startLine", code->start_line);
    Set(env, object, "startColumn", code->start_column);
    Set(env, object, "before", code->before);
  }
}

napi_value ToValue(napi_env env, const vm::RawFrame& frame) {
  constexpr const char* kKinds[] = {"js", "builtin", "wasm", "glue", "native"};
  constexpr const char* kQualities[] = {"exact", "function", "approximate"};
  constexpr const char* kTiers[] = {"", "interpreter", "baseline", "maglev", "turbofan"};
  napi_value value;
  napi_create_object(env, &value);
  Set(env, value, "kind", kKinds[static_cast<int>(frame.kind)]);
  Set(env, value, "quality", kQualities[static_cast<int>(frame.quality)]);
  Set(env, value, "tier", kTiers[static_cast<int>(frame.tier)]);
  Set(env, value, "name", frame.name);
  Set(env, value, "falseName", frame.false_name);
  Set(env, value, "file", frame.file);
  Set(env, value, "line", frame.line);
  Set(env, value, "column", frame.column);
  Set(env, value, "pc", static_cast<double>(frame.pc.number()));
  Set(env, value, "fp", static_cast<double>(frame.frame_pointer.number()));
  SetFlag(env, value, "inlined", frame.inlined);
  SetFlag(env, value, "isConstructor", frame.is_constructor);
  SetFlag(env, value, "isEval", frame.is_eval);
  SetFlag(env, value, "isUserCode", frame.is_user_code);
  Set(env, value, "className", frame.class_name);
  SetCode(env, value, frame.code);
  return value;
}

// The sources of the scripts of V8's own frames, innermost first.
napi_value SourcesHere(napi_env env) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  constexpr int kMaxFrames = 20'000;
  const auto trace = v8::StackTrace::CurrentStackTrace(isolate, kMaxFrames, v8::StackTrace::kDetailed);
  napi_value sources;
  napi_create_array(env, &sources);
  uint32_t count = 0;
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    const auto frame = trace->GetFrame(isolate, static_cast<uint32_t>(i));
    if (frame->IsWasm()) continue;
    const v8::Local<v8::Value> source = frame->GetScriptSource();
    // What a napi_value is, src/js_native_api_v8.h.
    napi_value element = nullptr;
    static_assert(sizeof element == sizeof source);
    std::memcpy(&element, &source, sizeof element);
    napi_set_element(env, sources, count++, element);
  }
  return sources;
}

napi_value ScriptsOf(napi_env env, const std::vector<vm::ScriptInfo>& scripts) {
  napi_value values;
  napi_create_array(env, &values);
  for (size_t i = 0; i < scripts.size(); ++i) {
    napi_value value;
    napi_create_object(env, &value);
    Set(env, value, "id", scripts[i].id);
    Set(env, value, "file", scripts[i].file.c_str());
    Set(env, value, "length", scripts[i].length);
    Set(env, value, "mapUrl", scripts[i].map_url.c_str());
    napi_set_element(env, values, static_cast<uint32_t>(i), value);
  }
  return values;
}

napi_value DecodeHere(napi_env env, napi_callback_info) {
  Walk walk;
  double took_us = 0;
  napi_value result;
  napi_value frames;
  RefreshRanges();
  const Start start = StartHere();
  WhileBlocked([&] {
    const auto before = std::chrono::steady_clock::now();
    walk = SharedDecoder().Run(start, ranges);
    took_us = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count();
  });
  const vm::FrameList& list = SharedDecoder().list();
  napi_create_object(env, &result);
  napi_create_array_with_length(env, list.count, &frames);
  for (size_t i = 0; i < list.count; ++i) {
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    napi_set_element(env, frames, static_cast<uint32_t>(i), ToValue(env, list.frames[i]));
    napi_close_handle_scope(env, scope);
  }
  napi_set_named_property(env, result, "frames", frames);
  napi_set_named_property(env, result, "scripts", ScriptsOf(env, SharedDecoder().scripts().ToScripts()));
  napi_set_named_property(env, result, "sources", SourcesHere(env));
  SetFlag(env, result, "complete", walk.complete);
  Set(env, result, "tookUs", took_us);
  return result;
}

napi_value Check(napi_env env, napi_callback_info) {
  napi_value result;
  napi_create_object(env, &result);
  const vm::LoadedLayout& loaded = vm::ProcessLayout();
  if (!loaded.usable) {
    Set(env, result, "problem", loaded.reason.c_str());
    return result;
  }
  if (!RefreshRanges()) Set(env, result, "ranges", "incomplete");
  const vm::LayoutVerdict verdict = vm::CheckLayout(v8::Isolate::GetCurrent(), loaded.layout, ranges);
  entry_fp_offset = verdict.entry_fp_offset;
  Set(env, result, "problem", verdict.problem.c_str());
  Set(env, result, "entryFpOffset", verdict.entry_fp_offset);
  Set(env, result, "expectedEntryFpOffset", loaded.layout.isolate_entry_fp);
  Set(env, result, "comparedFrames", verdict.compared_frames);
  return result;
}

// (version) -> why its layout is not usable, or ""
napi_value LayoutProblem(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value result;
  char version[64] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_string_utf8(env, argument, version, sizeof version, nullptr);
  // The numbers are the right ones; the version is not.
  const vm::LoadedLayout loaded =
      vm::LoadLayout(version, platform::FileNumbers::Read("/proc/self/exe", vm::kDebugPrefix));
  napi_create_string_utf8(env, loaded.reason.c_str(), NAPI_AUTO_LENGTH, &result);
  return result;
}

// (seed, runs)
napi_value Fuzz(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  uint32_t seed = 0;
  int32_t runs = 0;
  FuzzResult fuzzed;
  napi_value result;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[0], &seed);
  napi_get_value_int32(env, arguments[1], &runs);
  RefreshRanges();
  const Start start = StartHere();
  WhileBlocked([&] { fuzzed = FuzzLayout(start, ranges, seed, runs); });
  napi_create_object(env, &result);
  Set(env, result, "runs", fuzzed.runs);
  Set(env, result, "frames", static_cast<double>(fuzzed.frames));
  Set(env, result, "slowestMs", fuzzed.slowest_ms);
  return result;
}

// (path): whether the memory that decoding reads was written there
napi_value RecordHere(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value result;
  char path[1024] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_string_utf8(env, argument, path, sizeof path, nullptr);
  RefreshRanges();
  napi_get_boolean(env, RecordStack(StartHere(), ranges, path), &result);
  return result;
}

// Calls a function from C++, so that native frames stand between JavaScript's.
napi_value CallBack(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value function;
  napi_value global;
  napi_value result = nullptr;
  napi_get_cb_info(env, info, &count, &function, nullptr, nullptr);
  napi_get_global(env, &global);
  napi_call_function(env, global, function, 0, nullptr, &result);
  return result;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE_INIT() {
  gmr::test::Export(env, exports, "decodeHere", gmr::test::DecodeHere);
  gmr::test::Export(env, exports, "check", gmr::test::Check);
  gmr::test::Export(env, exports, "layoutProblem", gmr::test::LayoutProblem);
  gmr::test::Export(env, exports, "recordHere", gmr::test::RecordHere);
  gmr::test::Export(env, exports, "fuzz", gmr::test::Fuzz);
  gmr::test::Export(env, exports, "callBack", gmr::test::CallBack);
  return exports;
}

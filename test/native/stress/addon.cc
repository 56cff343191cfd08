// stress_fixture: lets one thread capture another one, and tells JavaScript what
// came of it.
//
// Owns:        the captures under way.
// Threads:     attach() on the subject's thread, the rest on one other.
// Signal-safe: no.
// Lifetime:    of the process.
#include <node_api.h>
#include <v8.h>

#include <memory>
#include <string>

#include "../../../native/image/stack/entry_frame.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/process/threads/proc_threads.h"
#include "../../../native/v8/builtins.h"
#include "../../../native/v8/layout_loader.h"
#include "captures.h"

namespace gmr::test {

namespace {

Subject subject;
vm::BuiltinsBlob builtins;
std::unique_ptr<Captures> captures;

napi_value Undefined(napi_env env) {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

void Set(napi_env env, napi_value object, const char* key, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  napi_set_named_property(env, object, key, value);
}

void Set(napi_env env, napi_value object, const char* key, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  napi_set_named_property(env, object, key, value);
}

void SetFlag(napi_env env, napi_value object, const char* key, bool flag) {
  napi_value value = nullptr;
  napi_get_boolean(env, flag, &value);
  napi_set_named_property(env, object, key, value);
}

// attach(shadow: Int32Array): the calling thread is the one to be captured.
napi_value Attach(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value shadow = nullptr;
  void* words = nullptr;
  napi_get_cb_info(env, info, &count, &shadow, nullptr, nullptr);
  napi_get_typedarray_info(env, shadow, nullptr, &subject.shadow_words, &words, nullptr, nullptr);
  subject.shadow = static_cast<const int32_t*>(words);
  subject.tid = platform::CurrentThreadId();
  subject.isolate = platform::OwnAddress(v8::Isolate::GetCurrent());
  builtins = vm::BuiltinsOf(v8::Isolate::GetCurrent());
  return Undefined(env);
}

// start(): why it cannot be done, or "".
napi_value Start(napi_env env, napi_callback_info) {
  const vm::LoadedLayout& loaded = vm::ProcessLayout();
  if (loaded.usable) captures = std::make_unique<Captures>(subject, builtins);
  napi_value problem = nullptr;
  napi_create_string_utf8(env, loaded.reason.c_str(), NAPI_AUTO_LENGTH, &problem);
  return problem;
}

napi_value Stop(napi_env env, napi_callback_info) {
  captures.reset();
  return Undefined(env);
}

napi_value ToValue(napi_env env, const vm::Frame& frame) {
  constexpr const char* kQualities[] = {"exact", "function", "approximate"};
  napi_value value = nullptr;
  napi_create_object(env, &value);
  Set(env, value, "name", frame.function_name);
  Set(env, value, "file", frame.file);
  Set(env, value, "line", frame.line);
  Set(env, value, "quality", kQualities[static_cast<int>(frame.quality)]);
  SetFlag(env, value, "isEval", frame.is_eval);
  return value;
}

napi_value TiersToValue(napi_env env, const TierCounts& tiers) {
  napi_value value = nullptr;
  napi_create_object(env, &value);
  Set(env, value, "interpreter", tiers.interpreter);
  Set(env, value, "baseline", tiers.baseline);
  Set(env, value, "maglev", tiers.maglev);
  Set(env, value, "turbofan", tiers.turbofan);
  Set(env, value, "inlined", tiers.inlined);
  return value;
}

// JavaScript's frames of user code; of native ones only what is counted.
napi_value FramesToValue(napi_env env, const vm::StackCapture& stack, napi_value capture) {
  napi_value frames = nullptr;
  napi_create_array(env, &frames);
  uint32_t index = 0;
  int native = 0;
  int guessed = 0;
  bool collects_garbage = false;
  for (const vm::Frame& frame : stack.frames) {
    if (frame.kind == vm::FrameKind::kJs && frame.is_user_code)
      napi_set_element(env, frames, index++, ToValue(env, frame));
    if (frame.kind != vm::FrameKind::kNative) continue;
    ++native;
    if (frame.quality != vm::FrameQuality::kExact) ++guessed;
    if (frame.function_name.find("Heap::CollectGarbage") != std::string::npos) collects_garbage = true;
  }
  Set(env, capture, "nativeFrames", native);
  Set(env, capture, "guessedNativeFrames", guessed);
  SetFlag(env, capture, "collectsGarbage", collects_garbage);
  return frames;
}

napi_value ToValue(napi_env env, const Taken& taken) {
  napi_value value = nullptr;
  napi_value shadow = nullptr;
  napi_create_object(env, &value);
  const bool is_read = taken.read.outcome == vm::ReadStack::Outcome::kRead;
  const bool is_passive = taken.read.stack.method == vm::CaptureMethod::kPassive;
  Set(env, value, "method", !is_read ? "none" : is_passive ? "passive" : "parked");
  Set(env, value, "problem", taken.read.problem);
  Set(env, value, "doing", taken.read.doing.For(gmr::platform::Unmasked::Reader::kTest));
  Set(env, value, "walkUs", taken.walk_us);
  SetFlag(env, value, "isComplete", taken.is_complete);
  SetFlag(env, value, "isNamed", taken.is_named);
  SetFlag(env, value, "hasGap", taken.read.stack.has_gap);
  napi_set_named_property(env, value, "tiers", TiersToValue(env, taken.tiers));
  napi_set_named_property(env, value, "frames", FramesToValue(env, taken.read.stack, value));
  napi_create_array_with_length(env, taken.shadow.size(), &shadow);
  for (size_t i = 0; i < taken.shadow.size(); ++i) {
    napi_value word = nullptr;
    napi_create_int32(env, taken.shadow[i], &word);
    napi_set_element(env, shadow, static_cast<uint32_t>(i), word);
  }
  napi_set_named_property(env, value, "shadow", shadow);
  return value;
}

// take(): the captures since the last call.
napi_value Take(napi_env env, napi_callback_info) {
  napi_value array = nullptr;
  napi_create_array(env, &array);
  uint32_t index = 0;
  for (const Taken& taken : captures->Take()) {
    napi_handle_scope scope = nullptr;
    napi_open_handle_scope(env, &scope);
    napi_set_element(env, array, index++, ToValue(env, taken));
    napi_close_handle_scope(env, scope);
  }
  return array;
}

// callBack(function): calls it from C++, so that native frames stand between JavaScript's.
napi_value CallBack(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value function = nullptr;
  napi_value global = nullptr;
  napi_value result = nullptr;
  napi_get_cb_info(env, info, &count, &function, nullptr, nullptr);
  napi_get_global(env, &global);
  napi_call_function(env, global, function, 0, nullptr, &result);
  return result;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE_INIT() {
  gmr::test::Export(env, exports, "attach", gmr::test::Attach);
  gmr::test::Export(env, exports, "start", gmr::test::Start);
  gmr::test::Export(env, exports, "take", gmr::test::Take);
  gmr::test::Export(env, exports, "stop", gmr::test::Stop);
  gmr::test::Export(env, exports, "callBack", gmr::test::CallBack);
  return exports;
}

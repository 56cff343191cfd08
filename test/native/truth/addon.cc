// Compares what is found in heaps while their threads run with what the threads know; see
// bench/unpaused-truth.mjs.
#include <node_api.h>
#include <v8.h>

#include "../../../native/v8/interrupt_capture.h"
#include "observer.h"
#include "wraps.h"

namespace gmr::test {

namespace {

// Leaked: its thread may be at work when the process ends.
Observer& TheObserver() {
  static Observer& observer = *new Observer;
  return observer;
}

napi_value ToString(napi_env env, const std::string& text) {
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

double NumberOf(napi_env env, napi_value object, const char* key) {
  napi_value value;
  double number = 0;
  napi_get_named_property(env, object, key, &value);
  napi_get_value_double(env, value, &number);
  return number;
}

// (Int32Array, lasting): "" or a reason. Chains of the calling isolate.
napi_value Enter(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  uint32_t lasting = 0;
  void* words = nullptr;
  size_t length = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_typedarray_info(env, arguments[0], nullptr, &length, &words, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[1], &lasting);
  return ToString(env, TheObserver().Enter(v8::Isolate::GetCurrent(), static_cast<const int32_t*>(words),
                                           length, lasting));
}

// ({ maxGroups, maxMs, pauseEvery, maxScans, split, labels, unproved, unwatched }), all numbers
napi_value Start(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value started;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  wraps.is_unproved = NumberOf(env, argument, "unproved") != 0;
  wraps.is_unwatched = NumberOf(env, argument, "unwatched") != 0;
  Plan plan;
  plan.max_groups = static_cast<uint32_t>(NumberOf(env, argument, "maxGroups"));
  plan.max_ms = static_cast<int>(NumberOf(env, argument, "maxMs"));
  plan.pause_every = static_cast<int>(NumberOf(env, argument, "pauseEvery"));
  plan.max_scans = static_cast<uint64_t>(NumberOf(env, argument, "maxScans"));
  plan.may_split = NumberOf(env, argument, "split") != 0;
  plan.with_labels = NumberOf(env, argument, "labels") != 0;
  napi_get_boolean(env, TheObserver().Start(plan), &started);
  return started;
}

napi_value IsDone(napi_env env, napi_callback_info) {
  napi_value done;
  napi_get_boolean(env, TheObserver().is_done(), &done);
  return done;
}

// (): for each isolate that entered, what was found
napi_value Stop(napi_env env, napi_callback_info) {
  napi_value texts;
  TheObserver().Stop();
  napi_create_array(env, &texts);
  for (size_t i = 0; i < TheObserver().size(); ++i)
    napi_set_element(env, texts, static_cast<uint32_t>(i), ToString(env, TheObserver().ToText(i)));
  return texts;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE_INIT() {
  gmr::test::Export(env, exports, "enter", gmr::test::Enter);
  gmr::test::Export(env, exports, "start", gmr::test::Start);
  gmr::test::Export(env, exports, "isDone", gmr::test::IsDone);
  gmr::test::Export(env, exports, "stop", gmr::test::Stop);
  return exports;
}

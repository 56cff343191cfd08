// Dumps the green threads of its isolate: at once, in interrupts of running
// JavaScript, and from another thread while this one waits.
#include <node_api.h>
#include <v8.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "fuzz.h"
#include "values.h"

namespace gmr::test {

namespace {

// One isolate to a thread.
thread_local vm::GreenThreadHeap prepared{{}, {}, "not prepared"};

napi_value Prepare(napi_env env, napi_callback_info) {
  napi_value result;
  prepared = vm::GreenThreadHeap::Prepare(v8::Isolate::GetCurrent(), vm::ProcessLayout());
  napi_create_string_utf8(env, prepared.problem.c_str(), NAPI_AUTO_LENGTH, &result);
  return result;
}

double NumberOf(napi_env env, napi_value options, const char* key, double otherwise) {
  napi_value value;
  double number = otherwise;
  if (napi_get_named_property(env, options, key, &value) != napi_ok) return otherwise;
  napi_get_value_double(env, value, &number);
  return number;
}

vm::GreenThreadLimits LimitsOf(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value options;
  vm::GreenThreadLimits limits;
  napi_get_cb_info(env, info, &count, &options, nullptr, nullptr);
  if (count == 0) return limits;
  limits.max_groups = static_cast<uint32_t>(NumberOf(env, options, "maxGroups", 100'000));
  limits.max_frames = static_cast<uint32_t>(NumberOf(env, options, "maxFrames", 200));
  limits.max_heap_bytes = static_cast<uint64_t>(NumberOf(env, options, "maxHeapMb", 8192)) << 20;
  limits.max_pause_ms = static_cast<int>(NumberOf(env, options, "maxPauseMs", 20'000));
  limits.with_leaf_labels = NumberOf(env, options, "labels", 1) != 0;
  return limits;
}

// (options) -> dump
napi_value Dump(napi_env env, napi_callback_info info) {
  return ToValue(env, vm::CaptureGreenThreads(vm::ProcessLayout().layout, prepared, LimitsOf(env, info)));
}

// (options) -> dump made by another thread while this one waits
napi_value DumpFromThread(napi_env env, napi_callback_info info) {
  const vm::GreenThreadLimits limits = LimitsOf(env, info);
  const vm::GreenThreadHeap& heap = prepared;
  vm::GreenThreads dump;
  std::thread([&] { dump = vm::CaptureGreenThreads(vm::ProcessLayout().layout, heap, limits); }).join();
  return ToValue(env, dump);
}

// What the interrupts of one isolate found.
struct Interrupts {
  vm::GreenThreadHeap heap;
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  uint32_t expected = 0;
  int wrong = 0;
  uint32_t first_wrong = 0;
  double slowest_ms = 0;
  std::thread thread;
};
thread_local std::unique_ptr<Interrupts> interrupts;

void OnInterrupt(v8::Isolate*, void* data) {
  auto* state = static_cast<Interrupts*>(data);
  vm::GreenThreadLimits limits;
  const vm::GreenThreads dump = vm::CaptureGreenThreads(vm::ProcessLayout().layout, state->heap, limits);
  state->slowest_ms = std::max(state->slowest_ms, dump.cost_ms);
  if (dump.suspended_functions != state->expected && state->wrong++ == 0)
    state->first_wrong = dump.suspended_functions;
  state->done.fetch_add(1);
}

// (expectedFunctions): dumps again and again until stopInterrupts()
napi_value StartInterrupts(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  interrupts = std::make_unique<Interrupts>();
  interrupts->heap = prepared;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_uint32(env, argument, &interrupts->expected);
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  interrupts->thread = std::thread([isolate, state = interrupts.get()] {
    while (!state->stop) {
      const int before = state->done;
      isolate->RequestInterrupt(OnInterrupt, state);
      while (state->done == before && !state->stop) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  return nullptr;
}

// Call it from JavaScript that has run for a while, so that no request is left.
napi_value StopInterrupts(napi_env env, napi_callback_info) {
  napi_value result;
  interrupts->stop = true;
  interrupts->thread.join();
  napi_create_object(env, &result);
  Set(env, result, "dumps", interrupts->done.load());
  Set(env, result, "wrong", interrupts->wrong);
  Set(env, result, "firstWrong", interrupts->first_wrong);
  Set(env, result, "slowestMs", interrupts->slowest_ms);
  // A request that was not served yet may still use it.
  static_cast<void>(interrupts.release());
  return result;
}

// (seed, runs)
napi_value Fuzz(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  uint32_t seed = 0;
  int32_t runs = 0;
  napi_value result;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[0], &seed);
  napi_get_value_int32(env, arguments[1], &runs);
  const FuzzResult fuzzed = FuzzGreenThreads(prepared, seed, runs);
  napi_create_object(env, &result);
  Set(env, result, "runs", fuzzed.runs);
  Set(env, result, "groups", static_cast<double>(fuzzed.groups));
  Set(env, result, "slowestMs", fuzzed.slowest_ms);
  Set(env, result, "slowestRun", fuzzed.slowest_run);
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
  gmr::test::Export(env, exports, "prepare", gmr::test::Prepare);
  gmr::test::Export(env, exports, "dump", gmr::test::Dump);
  gmr::test::Export(env, exports, "dumpFromThread", gmr::test::DumpFromThread);
  gmr::test::Export(env, exports, "startInterrupts", gmr::test::StartInterrupts);
  gmr::test::Export(env, exports, "stopInterrupts", gmr::test::StopInterrupts);
  gmr::test::Export(env, exports, "fuzz", gmr::test::Fuzz);
  return exports;
}

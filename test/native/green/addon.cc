// Dumps the green threads of its isolate with wrong layouts, and searches pages that are no heap's.
#include <node_api.h>
#include <v8.h>

#include "../../../native/base/clock.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/v8/heap_model.h"
#include "../../../native/v8/layout_loader.h"
#include "dead_words_checks.h"
#include "fuzz.h"
#include "own_copies_checks.h"
#include "page_filter_checks.h"

namespace gmr::test {

namespace {

vm::GreenThreadHeap& Prepared() {
  static vm::GreenThreadHeap& prepared = *new vm::GreenThreadHeap{{}, {}, "not prepared"};
  return prepared;
}

napi_value Prepare(napi_env env, napi_callback_info) {
  napi_value result;
  v8::Isolate* const isolate = v8::Isolate::GetCurrent();
  const vm::HeapModel model = vm::HeapModel::Make(isolate, vm::ProcessLayout());
  Prepared() = model.ForIsolate(platform::OwnAddress(isolate), vm::ProcessLayout().layout, -1);
  napi_create_string_utf8(env, Prepared().problem.c_str(), NAPI_AUTO_LENGTH, &result);
  return result;
}

void Set(napi_env env, napi_value object, const char* key, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  napi_set_named_property(env, object, key, value);
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
  const FuzzResult fuzzed = FuzzGreenThreads(Prepared(), seed, runs);
  napi_create_object(env, &result);
  Set(env, result, "runs", fuzzed.runs);
  Set(env, result, "groups", static_cast<double>(fuzzed.groups));
  Set(env, result, "slowestMs", fuzzed.slowest_ms);
  Set(env, result, "slowestRun", fuzzed.slowest_run);
  return result;
}

// (pages, milliseconds): those found of pages 3, 90 and the last; page 50 cannot be read
napi_value Filter(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  uint32_t pages = 0;
  int32_t milliseconds = 0;
  napi_value result;
  napi_value found;
  napi_value in_time;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[0], &pages);
  napi_get_value_int32(env, arguments[1], &milliseconds);
  const int64_t deadline_ns = platform::MonotonicNs() + milliseconds * platform::kNsPerMs;
  const FilteredPages filtered = FilterPages(pages, {3, 90, pages - 1}, 50, deadline_ns);
  napi_create_object(env, &result);
  napi_create_array(env, &found);
  for (uint32_t i = 0; i < filtered.found.size(); ++i) {
    napi_value number;
    napi_create_uint32(env, filtered.found[i], &number);
    napi_set_element(env, found, i, number);
  }
  napi_get_boolean(env, filtered.in_time, &in_time);
  napi_set_named_property(env, result, "found", found);
  napi_set_named_property(env, result, "inTime", in_time);
  Set(env, result, "noted", filtered.noted);
  return result;
}

// (is the page that of the newest objects): the words that are in no object
napi_value DeadWords(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  bool is_newest = false;
  napi_value found;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_bool(env, argument, &is_newest);
  napi_create_array(env, &found);
  uint32_t index = 0;
  for (const uint32_t word : DeadWordsOf(is_newest)) {
    napi_value number;
    napi_create_uint32(env, word, &number);
    napi_set_element(env, found, index++, number);
  }
  return found;
}

// (): copies of a page of the heap at addresses where pages may be, and how many of them are listed as pages
napi_value ListOwnCopies(napi_env env, napi_callback_info) {
  napi_value result;
  const OwnCopies found = FindOwnCopies(Prepared());
  napi_create_object(env, &result);
  Set(env, result, "placed", found.placed);
  Set(env, result, "listed", found.listed);
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
  gmr::test::Export(env, exports, "fuzz", gmr::test::Fuzz);
  gmr::test::Export(env, exports, "filter", gmr::test::Filter);
  gmr::test::Export(env, exports, "ownCopies", gmr::test::ListOwnCopies);
  gmr::test::Export(env, exports, "deadWords", gmr::test::DeadWords);
  return exports;
}

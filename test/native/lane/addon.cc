// lane_fixture: a BoundedLane whose start can be made to run out of memory.
//
// Owns:        one lane, leaked as the product's are.
// Threads:     the main JavaScript thread, and the lane's own.
// Signal-safe: no.
// Lifetime:    none; every function is a plain call.

#include <node_api.h>

#include <cstddef>
#include <functional>
#include <new>
#include <utility>

#include "../../../native/base/bounded_lane.h"
#include "../../../native/base/clock.h"
#include "../../../native/base/memory_guard.h"

namespace gmr::test {

namespace {

thread_local bool memory_is_short = false;

platform::BoundedLane& Lane() {
  static auto* lane = new platform::BoundedLane("gmr-test");
  return *lane;
}

// start(withoutMemory): "started", "busy", "no thread" or "out of memory"; a lane that started is waited for.
napi_value Start(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  bool without_memory = false;
  napi_get_value_bool(env, arguments[0], &without_memory);
  const char* outcome = "out of memory";
  platform::BoundedLane& lane = Lane();
  std::function<void()> work = [] {};  // allocates no memory
  memory_is_short = without_memory;
  platform::WithinMemory([&] {
    const auto started = lane.Start(std::move(work));
    outcome = started == platform::BoundedLane::Started::kYes    ? "started"
              : started == platform::BoundedLane::Started::kBusy ? "busy"
                                                                 : "no thread";
  });
  memory_is_short = false;
  lane.Wait(platform::MonotonicNs() + platform::kNsPerSecond, [] { return false; });
  napi_value text = nullptr;
  napi_create_string_utf8(env, outcome, NAPI_AUTO_LENGTH, &text);
  return text;
}

napi_value Init(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"start", nullptr, &Start, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}

}  // namespace

}  // namespace gmr::test

// The linker (--wrap, see binding.gyp) redirects the product's calls of operator new(size_t) here.
extern "C" {
void* __real__Znwm(size_t size);

void* __wrap__Znwm(size_t size) {
  if (gmr::test::memory_is_short) throw std::bad_alloc();
  return __real__Znwm(size);
}
}

NAPI_MODULE(lane_fixture, gmr::test::Init)

#include "fatal_report.h"

#include <node.h>
#include <v8.h>

#include <memory>
#include <utility>

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "../base/monitor.h"
#include "../v8/heap_sample.h"
#include "reporter.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

constexpr int64_t kOncePerNs = int64_t{60} * platform::kNsPerSecond;

// Shared by who waits and the reporter thread; the last one frees it.
struct Written {
  platform::Monitor monitor;
  bool done = false;  // guarded by monitor
};

// The error that listeners handled last. Main thread only.
struct {
  std::string error;  // empty: there was none
  int64_t wait_ms = 0;
  bool announces = false;  // OnAnnouncedExit() will be called
  bool announced = false;  // it was called since the error
} handled;

// process.exit() runs Node's exit callbacks; an exception inside a listener does not.
void OnAnnouncedExit(void* /*unused*/) {
  handled.announces = false;
  handled.announced = true;
}

// Of the main thread's isolate, on its thread only.
bool watched = false;
int64_t heap_wait_ms = 0;
int64_t last_at_ns = 0;  // 0: never

// V8 calls it within a garbage collection, so nothing here may touch the heap.
size_t OnNearHeapLimit(void*, size_t current_limit, size_t) {
  const int64_t now_ns = MonotonicNs();
  if (last_at_ns != 0 && now_ns - last_at_ns < kOncePerNs) return current_limit;
  last_at_ns = now_ns;
  // V8 calls this function, so no C++ exception may leave it.
  platform::WithinMemory([current_limit] {
    WriteFatalReport("the heap of the main thread is about to reach its limit of " +
                         std::to_string(current_limit >> 20) + " MB",
                     heap_wait_ms);
  });
  return current_limit;
}

}  // namespace

void WriteFatalReport(const std::string& error, int64_t wait_ms) {
  Trigger trigger = TriggeredNow(Trigger::Kind::kFatal);
  trigger.error = error;
  // V8 allows it in a callback at the limit of the heap too, where Node's own one does the same.
  if (v8::Isolate* isolate = v8::Isolate::GetCurrent()) trigger.heap = vm::SampleHeap(isolate);
  const auto written = std::make_shared<Written>();
  const auto requested =
      Reporter::Get().RequestReport(std::move(trigger), [written](const Delivery::Outcome&) {
        const platform::Monitor::Lock lock(written->monitor);
        written->done = true;
        written->monitor.NotifyAll();
      });
  if (!requested.ok()) return;
  platform::Monitor::Lock lock(written->monitor);
  lock.WaitUntil(MonotonicNs() + wait_ms * kNsPerMs, [&] { return written->done; });
}

void NoteHandledError(node::Environment* environment, const std::string& error, int64_t wait_ms) {
  handled.error = error;
  handled.wait_ms = wait_ms;
  handled.announced = false;
  if (error.empty() || handled.announces) return;
  handled.announces = true;
  node::AtExit(environment, &OnAnnouncedExit, nullptr);
}

void ReportFailedListener() {
  if (handled.error.empty() || handled.announced) return;
  WriteFatalReport("an 'uncaughtException' listener threw while it handled: " + handled.error,
                   handled.wait_ms);
}

void WatchHeapLimit(v8::Isolate* isolate, int64_t wait_ms) {
  heap_wait_ms = wait_ms;
  if (wait_ms > 0 && !watched) isolate->AddNearHeapLimitCallback(&OnNearHeapLimit, nullptr);
  // 0: the limit stays as it is.
  if (wait_ms == 0 && watched) isolate->RemoveNearHeapLimitCallback(&OnNearHeapLimit, 0);
  watched = wait_ms > 0;
}

}  // namespace gmr::reporter

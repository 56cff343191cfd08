#include "bare_isolate.h"

#include <uv.h>
#include <v8.h>

#include <memory>

#include "../platform/clock.h"
#include "../platform/headroom.h"
#include "../platform/helper_thread.h"
#include "../platform/monitor.h"
#include "../platform/standard_fds.h"
#include "../platform/thread_stack.h"
#include "../v8/v8_compat.h"

namespace gmr::reporter {

namespace {

// Creating an isolate that fails inside V8 aborts the process, so below this
// it is not tried.
constexpr int64_t kNeededHeadroomBytes = int64_t{64} << 20;
// A bounded photograph formats in less than 50 MB; more means a defect in the bundle.
constexpr size_t kSoftHeapBytes = size_t{256} << 20;
// Granted once beyond the isolate's own limit, so that V8 can unwind the
// terminated script instead of aborting.
constexpr size_t kUnwindHeapBytes = size_t{64} << 20;
constexpr int64_t kTerminateEveryNs = 20 * platform::kNsPerMs;
// Of the thread's stack, what native frames below V8 may need.
constexpr uintptr_t kNativeStackBytes = size_t{512} << 10;

// Terminates the script at its deadline, and whatever runs after it: a request ends one call into JavaScript
// only, which need not be the one that never returns.
class Watchdog {
 public:
  Watchdog(ExitGate* gate, v8::Isolate* isolate, int64_t deadline_ns)
      : gate_(gate), isolate_(isolate), deadline_ns_(deadline_ns) {
    started_ = thread_.Start("gmr-deadline", [this] { Run(); });
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() {
    {
      const platform::Monitor::Lock lock(monitor_);
      done_ = true;
    }
    monitor_.NotifyAll();
    thread_.Join();
  }

  // Without a watchdog nothing may run.
  bool started() const { return started_; }

 private:
  void Run() {
    platform::Monitor::Lock lock(monitor_);
    int64_t until_ns = deadline_ns_;
    while (!lock.WaitUntil(until_ns, [this] { return done_; })) {
      gate_->Terminate(isolate_);
      until_ns = platform::MonotonicNs() + kTerminateEveryNs;
    }
  }

  ExitGate* const gate_;
  v8::Isolate* const isolate_;
  const int64_t deadline_ns_;
  platform::Monitor monitor_;
  bool done_ = false;  // guarded by monitor_
  platform::HelperThread thread_;
  bool started_ = false;
};

// An isolate with the loop that its platform tasks need.
class BareIsolate {
 public:
  explicit BareIsolate(node::MultiIsolatePlatform* platform) : platform_(platform) {
    if (uv_loop_init(&loop_) != 0) return;
    loop_open_ = true;
    allocator_ = node::ArrayBufferAllocator::Create();
    isolate_ = node::NewIsolate(allocator_, &loop_, platform_);
  }
  BareIsolate(const BareIsolate&) = delete;
  BareIsolate& operator=(const BareIsolate&) = delete;
  ~BareIsolate() {
    if (isolate_ != nullptr) {
      bool finished = false;
      platform_->AddIsolateFinishedCallback(
          isolate_, [](void* flag) { *static_cast<bool*>(flag) = true; }, &finished);
      vm::DisposeIsolate(platform_, isolate_);
      while (!finished) uv_run(&loop_, UV_RUN_ONCE);
    }
    if (loop_open_) uv_loop_close(&loop_);
  }

  v8::Isolate* get() const { return isolate_; }

 private:
  node::MultiIsolatePlatform* const platform_;
  uv_loop_t loop_{};
  bool loop_open_ = false;
  std::shared_ptr<node::ArrayBufferAllocator> allocator_;
  v8::Isolate* isolate_ = nullptr;
};

size_t OnNearHeapLimit(void* raw, size_t current_limit, size_t /*initial_limit*/) {
  static_cast<v8::Isolate*>(raw)->TerminateExecution();
  return current_limit + kUnwindHeapBytes;
}

void OnGcEpilogue(v8::Isolate* isolate, v8::GCType /*type*/, v8::GCCallbackFlags /*flags*/) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  if (statistics.used_heap_size() + statistics.malloced_memory() > kSoftHeapBytes)
    isolate->TerminateExecution();
}

// Heap and stack limits for the time that the script runs.
class Limits {
 public:
  explicit Limits(v8::Isolate* isolate) : isolate_(isolate) {
    // Without this, V8 derives the limit from --stack-size, which may exceed
    // this thread's stack.
    isolate->SetStackLimit(platform::LowestStackAddress() + kNativeStackBytes);
    isolate->AddNearHeapLimitCallback(&OnNearHeapLimit, isolate);
    isolate->AddGCEpilogueCallback(&OnGcEpilogue);
  }
  Limits(const Limits&) = delete;
  Limits& operator=(const Limits&) = delete;
  ~Limits() {
    isolate_->RemoveGCEpilogueCallback(&OnGcEpilogue);
    isolate_->RemoveNearHeapLimitCallback(&OnNearHeapLimit, 0);
  }

 private:
  v8::Isolate* const isolate_;
};

std::string RunInside(const BareIsolateJob& job, ExitGate* gate) {
  const platform::StandardFdsTaken standard_fds;  // for the loop of the isolate
  const BareIsolate bare(job.platform);
  v8::Isolate* isolate = bare.get();
  if (isolate == nullptr) return "no isolate could be made";
  const v8::Locker locker(isolate);
  const v8::Isolate::Scope isolate_scope(isolate);
  const Limits limits(isolate);
  std::string failure = "the process is exiting";
  if (gate->Publish(isolate)) {
    const Watchdog watchdog(gate, isolate, job.deadline_ns);
    failure = watchdog.started() ? job.work(isolate) : "no watchdog thread could be started";
  }
  gate->Withdraw(isolate);
  if (failure.empty() && job.before_disposal) job.before_disposal(isolate);
  return failure;
}

}  // namespace

std::string RunInBareIsolate(const BareIsolateJob& job, ExitGate* gate) {
  if (job.platform == nullptr) return "the main thread is not registered";
  if (platform::MemoryHeadroomBytes() < kNeededHeadroomBytes) return "less than 64 MB of memory are left";
  if (platform::LowestStackAddress() == 0) return "the size of this thread's stack is not known";
  if (!gate->Enter()) return "the process is exiting";
  const std::string failure = RunInside(job, gate);
  gate->Leave();
  return failure;
}

}  // namespace gmr::reporter

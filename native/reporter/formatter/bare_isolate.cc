#include "bare_isolate.h"

#include <uv.h>
#include <v8.h>

#include <atomic>
#include <memory>

#include "../../base/clock.h"
#include "../../base/helper_thread.h"
#include "../../base/monitor.h"
#include "../../base/thread_stack.h"
#include "../../os/standard_fds.h"
#include "../../process/headroom.h"
#include "../../v8/v8_compat.h"
#include "memory_plan.h"

namespace gmr::reporter {

namespace {

// The number of our isolates. Each of them may be about to reserve its address space.
std::atomic<int64_t> g_running{0};

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

void OnGcEpilogue(v8::Isolate* isolate, v8::GCType /*type*/, v8::GCCallbackFlags /*flags*/, void* raw) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  if (statistics.used_heap_size() + statistics.malloced_memory() > *static_cast<const size_t*>(raw))
    isolate->TerminateExecution();
}

// Heap and stack limits for the time that the script runs.
class Limits {
 public:
  Limits(v8::Isolate* isolate, size_t* max_heap_bytes) : isolate_(isolate), max_heap_bytes_(max_heap_bytes) {
    // Without this, V8 derives the limit from --stack-size, which may exceed
    // this thread's stack.
    isolate->SetStackLimit(platform::LowestStackAddress() + kNativeStackBytes);
    isolate->AddNearHeapLimitCallback(&OnNearHeapLimit, isolate);
    isolate->AddGCEpilogueCallback(&OnGcEpilogue, max_heap_bytes);
  }
  Limits(const Limits&) = delete;
  Limits& operator=(const Limits&) = delete;
  ~Limits() {
    isolate_->RemoveGCEpilogueCallback(&OnGcEpilogue, max_heap_bytes_);
    isolate_->RemoveNearHeapLimitCallback(&OnNearHeapLimit, 0);
  }

 private:
  v8::Isolate* const isolate_;
  size_t* const max_heap_bytes_;
};

// Calls the gate's Enter() and Leave(), even when memory runs out between the two.
class Passage {
 public:
  explicit Passage(ExitGate* gate) : gate_(gate), entered_(gate->Enter()), isolates_(++g_running) {}
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;
  ~Passage() {
    --g_running;
    if (entered_) gate_->Leave();
  }

  bool entered() const { return entered_; }
  // The number of our isolates, this one included.
  int64_t isolates() const { return isolates_; }

 private:
  ExitGate* const gate_;
  const bool entered_;
  const int64_t isolates_;
};

// Calls the gate's Publish() and Withdraw().
class Publication {
 public:
  Publication(ExitGate* gate, v8::Isolate* isolate)
      : gate_(gate), isolate_(isolate), may_run_(gate->Publish(isolate)) {}
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;
  ~Publication() { gate_->Withdraw(isolate_); }

  bool may_run() const { return may_run_; }

 private:
  ExitGate* const gate_;
  v8::Isolate* const isolate_;
  const bool may_run_;
};

std::string RunInside(BareIsolateJob* job, ExitGate* gate) {
  const platform::StandardFdsTaken standard_fds;  // for the loop of the isolate
  const BareIsolate bare(job->platform);
  v8::Isolate* isolate = bare.get();
  if (isolate == nullptr) return "no isolate could be made";
  const v8::Locker locker(isolate);
  const v8::Isolate::Scope isolate_scope(isolate);
  const Limits limits(isolate, &job->max_heap_bytes);
  std::string failure = "the process is exiting";
  {
    const Publication publication(gate, isolate);
    if (publication.may_run()) {
      const Watchdog watchdog(gate, isolate, job->deadline_ns);
      failure = watchdog.started() ? job->work(isolate) : "no watchdog thread could be started";
    }
  }
  if (failure.empty() && job->before_disposal) job->before_disposal(isolate);
  return failure;
}

}  // namespace

std::string RunInBareIsolate(BareIsolateJob* job, ExitGate* gate) {
  if (job->platform == nullptr) return "the main thread is not registered";
  if (platform::LowestStackAddress() == 0) return "the size of this thread's stack is not known";
  const Passage passage(gate);
  if (!passage.entered()) return "the process is exiting";
  // Creating an isolate that fails inside V8 aborts the process.
  platform::MemoryNeed need = kIsolateNeed;
  need.data_bytes *= passage.isolates();
  need.address_space_bytes *= passage.isolates();
  if (std::string shortage = Shortage(platform::ReadHeadroom(), need); !shortage.empty()) return shortage;
  return RunInside(job, gate);
}

}  // namespace gmr::reporter

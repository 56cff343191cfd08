#include "isolate_registry.h"

#include <algorithm>
#include <set>
#include <utility>

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "../base/unmasked.h"
#include "../image/stack/entry_frame.h"
#include "../process/self_memory.h"
#include "../process/threads/proc_threads.h"
#include "builtins.h"

namespace gmr::vm {

namespace {

// At most one question of each kind. A stack must not wait for a scan.
struct Unanswered {
  std::shared_ptr<Capture> stack;
  std::shared_ptr<Capture> green_threads;
  std::shared_ptr<Capture> when_it_runs;

  std::shared_ptr<Capture>& Like(const Question& question) {
    return question.green_threads != nullptr ? green_threads : stack;
  }
};

// The word by which `object` is known to the garbage collector: it moves, this stays.
platform::Address SlotOf(const v8::Global<v8::Object>& object) {
  static_assert(sizeof object == sizeof(uintptr_t), "a handle is the address of its slot");
  uintptr_t slot = 0;
  std::memcpy(&slot, static_cast<const void*>(&object), sizeof slot);
  return platform::Address(slot);
}

}  // namespace

struct IsolateRegistry::Entry {
  uint64_t id = 0;
  IsolateIdentity identity;
  int tid = 0;
  v8::Isolate* isolate = nullptr;
  node::Environment* environment = nullptr;
  EnvironmentPlace place;
  uv_loop_t* loop = nullptr;
  // Written by the cleanup hook with the registry's lock held; read with it by
  // other threads, and without it by the isolate's own thread.
  std::atomic<bool> ended{false};
  AnswerTotals totals;
  // Guarded by the registry's lock:
  Unanswered unanswered;
  // Whether V8 will call OnNextJavaScript(), for a question or because one was withdrawn.
  bool v8_will_call = false;
  std::shared_ptr<const AsyncContextQuery> context;
  // Of the isolate's own thread: keeps what `context` refers to.
  v8::Global<v8::Object> storage;
  platform::QuietLoop quiet;  // of the isolate's own thread
};

namespace {

// What travels through node::RequestInterrupt. Node calls back exactly once,
// at the latest when it drains the queue of an environment that ends.
template <typename Entry>
struct Request {
  std::shared_ptr<Entry> entry;
  std::shared_ptr<Capture> capture;
  platform::LoopPast asked;
};

std::string Label(const IsolateIdentity& identity) {
  if (identity.is_main) return "main thread";
  std::string label = "worker " + std::to_string(identity.thread_id);
  // The label is used in plain text, so the name must not show a secret.
  if (!identity.name.empty()) label += " \"" + platform::PlainWords(platform::Unmasked(identity.name)) + "\"";
  return label;
}

// uv_now() reads the loop's cached time, which its own thread writes: an
// aligned word, so at worst the value of a moment ago. The registry's lock
// keeps the loop alive meanwhile.
double StalledMs(const uv_loop_t* loop) {
  const auto now_ms = platform::MonotonicNs() / platform::kNsPerMs;
  return static_cast<double>(std::max<int64_t>(0, now_ms - static_cast<int64_t>(uv_now(loop))));
}

// Counted by the loop's own thread: an aligned word, as its time is.
uint64_t LoopCount(uv_loop_t* loop) {
  uv_metrics_t metrics{};
  uv_metrics_info(loop, &metrics);
  return metrics.loop_count;
}

// Other threads may call it: each counter is an aligned word, as above.
platform::LoopPast PastOf(uv_loop_t* loop) {
  uv_metrics_t metrics{};
  uv_metrics_info(loop, &metrics);
  // Node has one timer for all of JavaScript, which it starts anew whenever one of those fires.
  return {metrics.events, loop->timer_counter + loop->timer_heap.nelts, static_cast<int64_t>(uv_now(loop))};
}

}  // namespace

IsolateRegistry& IsolateRegistry::Get() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, see the header
  static auto* registry = new IsolateRegistry;
  return *registry;
}

void IsolateRegistry::RegisterCurrent(const IsolateIdentity& identity) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto entry = std::make_shared<Entry>();
  entry->identity = identity;
  entry->tid = platform::CurrentThreadId();
  entry->isolate = isolate;
  entry->environment = node::GetCurrentEnvironment(isolate->GetCurrentContext());
  entry->place = {platform::OwnAddress(entry->environment), platform::MonotonicNs()};
  entry->loop = node::GetCurrentEventLoop(isolate);
  if (entry->environment == nullptr || entry->loop == nullptr) return;
  // The hook owns the entry and runs once, on this thread, before the isolate is disposed of. It is added
  // first: if memory ran out between the two, an entry without a hook would outlive its isolate.
  auto reference = std::make_unique<std::shared_ptr<Entry>>(entry);
  {
    const platform::Monitor::Lock lock(monitor_);
    for (const auto& [id, known] : entries_) {
      if (known->isolate == isolate) return;
    }
    entry->id = next_id_++;
    entries_[entry->id] = entry;
    if (builtins_.end.IsNull()) builtins_ = BuiltinsOf(isolate);
  }
  node::AddEnvironmentCleanupHook(isolate, &OnEnvironmentEnd, reference.release());
}

void IsolateRegistry::OnEnvironmentEnd(void* reference) {
  const std::unique_ptr<std::shared_ptr<Entry>> entry(static_cast<std::shared_ptr<Entry>*>(reference));
  IsolateRegistry& registry = Get();
  Unanswered unanswered;
  (*entry)->storage.Reset();
  {
    const platform::Monitor::Lock lock(registry.monitor_);
    (*entry)->ended.store(true);
    (*entry)->context = nullptr;
    unanswered = std::move((*entry)->unanswered);
    registry.entries_.erase((*entry)->id);
    registry.announced_.erase((*entry)->identity.thread_id);
  }
  // A report must not wait for a thread that has ended.
  for (const auto& capture : {unanswered.stack, unanswered.green_threads, unanswered.when_it_runs}) {
    if (capture) Capture::AnswerGone(capture);
  }
}

void IsolateRegistry::SetContext(v8::Local<v8::Object> storage, const std::vector<std::string>& keys) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Global<v8::Object> handle;
  std::shared_ptr<AsyncContextQuery> query;
  if (!storage.IsEmpty()) {
    handle.Reset(isolate, storage);
    query = std::make_shared<AsyncContextQuery>();
    query->storage_slot = SlotOf(handle);
    for (const std::string& key : keys) query->keys.push_back(ContextPath::Parse(key));
  }
  {
    const platform::Monitor::Lock lock(monitor_);
    for (const auto& [id, entry] : entries_) {
      if (entry->isolate != isolate) continue;
      entry->context = query;
      // A handle that moves to another variable stays where V8 keeps it.
      std::swap(entry->storage, handle);
    }
  }
  // Here the earlier handle ends, without the lock.
}

void IsolateRegistry::Announce(const IsolateIdentity& identity) {
  const platform::Monitor::Lock lock(monitor_);
  announced_[identity.thread_id] = identity;
}

void IsolateRegistry::Forget(int thread_id) {
  const platform::Monitor::Lock lock(monitor_);
  announced_.erase(thread_id);
}

void IsolateRegistry::Complete(IsolateIdentity* identity) const {
  const auto announced = announced_.find(identity->thread_id);
  if (identity->is_main || announced == announced_.end()) return;
  if (identity->name.empty()) identity->name = announced->second.name;
  if (identity->entry.empty()) identity->entry = announced->second.entry;
  identity->runs_module_hooks |= announced->second.runs_module_hooks;
  if (identity->resource_limits.empty()) identity->resource_limits = announced->second.resource_limits;
}

std::vector<IsolateStatus> IsolateRegistry::List() {
  std::vector<IsolateStatus> list;
  std::set<int> registered;  // thread ids
  {
    const platform::Monitor::Lock lock(monitor_);
    if (closed_) return list;
    for (const auto& [id, entry] : entries_) {
      IsolateStatus status;
      status.id = id;
      status.identity = entry->identity;
      status.tid = entry->tid;
      status.isolate = platform::OwnAddress(entry->isolate);
      status.environment = entry->place;
      status.loop = platform::OwnAddress(entry->loop);
      status.loop_stalled_ms = StalledMs(entry->loop);
      status.spent = entry->totals.Load();
      status.context = entry->context;
      Complete(&status.identity);
      registered.insert(status.identity.thread_id);
      list.push_back(std::move(status));
    }
    for (const auto& [thread_id, identity] : announced_) {
      if (registered.count(thread_id) != 0) continue;
      IsolateStatus status;
      status.identity = identity;
      list.push_back(std::move(status));
    }
  }
  std::sort(list.begin(), list.end(), [](const IsolateStatus& a, const IsolateStatus& b) {
    if (a.identity.is_main != b.identity.is_main) return a.identity.is_main;
    return a.identity.thread_id < b.identity.thread_id;
  });
  return list;
}

std::vector<LoopStatus> IsolateRegistry::Loops() {
  std::vector<LoopStatus> loops;
  const platform::Monitor::Lock lock(monitor_);
  if (closed_) return loops;
  for (const auto& [id, entry] : entries_) {
    LoopStatus status{id,
                      entry->identity,
                      entry->tid,
                      platform::OwnAddress(entry->isolate),
                      uv_backend_fd(entry->loop),
                      LoopCount(entry->loop),
                      StalledMs(entry->loop)};
    Complete(&status.identity);
    loops.push_back(std::move(status));
  }
  return loops;
}

std::shared_ptr<Capture> IsolateRegistry::Ask(uint64_t id, const Question& question) {
  const platform::Monitor::Lock lock(monitor_);
  const auto found = entries_.find(id);
  if (closed_ || found == entries_.end()) return nullptr;
  const std::shared_ptr<Entry>& entry = found->second;
  std::shared_ptr<Capture>& unanswered = entry->unanswered.Like(question);
  if (unanswered) {
    unanswered->WantAgain();
    return unanswered;
  }
  auto capture = Capture::Make(question, Label(entry->identity));
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): OnInterrupt frees it
  auto* request = new Request<Entry>{entry, capture, PastOf(entry->loop)};
  unanswered = capture;
  // Node's own request, not only V8's: it also wakes an idle event loop, and is
  // called back, not dropped, when the environment ends.
  node::RequestInterrupt(entry->environment, &OnInterrupt, request);
  return capture;
}

std::optional<SpentOnAnswers> IsolateRegistry::SpentOf(uint64_t id) {
  const platform::Monitor::Lock lock(monitor_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return found->second->totals.Load();
}

std::optional<uint64_t> IsolateRegistry::TurnsOf(uint64_t id) {
  const platform::Monitor::Lock lock(monitor_);
  const auto found = entries_.find(id);
  if (closed_ || found == entries_.end()) return std::nullopt;
  return LoopCount(found->second->loop);
}

void IsolateRegistry::NoteOwnCall(v8::Isolate* isolate) {
  const platform::Monitor::Lock lock(monitor_);
  for (const auto& [id, entry] : entries_) {
    if (entry->isolate == isolate) entry->quiet.Called(PastOf(entry->loop));
  }
}

bool IsolateRegistry::AskWhenItRuns(uint64_t id, const std::shared_ptr<Capture>& capture) {
  const platform::Monitor::Lock lock(monitor_);
  const auto found = entries_.find(id);
  if (closed_ || found == entries_.end()) return false;
  const std::shared_ptr<Entry>& entry = found->second;
  entry->unanswered.when_it_runs = capture;
  if (!entry->v8_will_call) {
    entry->v8_will_call = true;
    // V8 drops the request when it disposes of the isolate, so what travels with it is a number.
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it is never used as a pointer
    entry->isolate->RequestInterrupt(&OnNextJavaScript, reinterpret_cast<void*>(id));
  }
  return true;
}

void IsolateRegistry::Withdraw(uint64_t id) {
  const platform::Monitor::Lock lock(monitor_);
  const auto found = entries_.find(id);
  if (found != entries_.end()) found->second->unanswered.when_it_runs = nullptr;
}

void IsolateRegistry::OnNextJavaScript(v8::Isolate* isolate, void* id) {
  std::shared_ptr<Entry> entry;
  std::shared_ptr<Capture> capture;
  EnvironmentPlace place;
  std::shared_ptr<const AsyncContextQuery> context;
  {
    const platform::Monitor::Lock lock(Get().monitor_);
    const auto found = Get().entries_.find(reinterpret_cast<uintptr_t>(id));
    if (found == Get().entries_.end()) return;
    found->second->v8_will_call = false;
    capture = std::exchange(found->second->unanswered.when_it_runs, nullptr);
    place = found->second->place;
    context = found->second->context;
    entry = found->second;
  }
  if (capture == nullptr) return;
  // V8 calls this function, so no C++ exception may leave it.
  const Respondent respondent{
      isolate, place, platform::OwnAddress(entry->loop), std::move(context), &entry->totals, nullptr, {}, {}};
  platform::WithinMemory([&] { Capture::AnswerFrom(capture, respondent); });
}

void IsolateRegistry::OnInterrupt(void* raw) {
  const std::unique_ptr<Request<Entry>> request(static_cast<Request<Entry>*>(raw));
  if (request->entry->ended.load()) {
    // Drained at teardown: V8 must not be called any more.
    Capture::AnswerGone(request->capture);
    return;
  }
  std::shared_ptr<const AsyncContextQuery> context;
  {
    // Before the answer, not after: once the reporter has it, it may ask again
    // at once, and must not be handed this question then.
    const platform::Monitor::Lock lock(Get().monitor_);
    std::shared_ptr<Capture>& unanswered = request->entry->unanswered.Like(request->capture->question());
    if (unanswered == request->capture) unanswered = nullptr;
    context = request->entry->context;
  }
  // Node calls this function, so no C++ exception may leave it.
  const bool answered = platform::WithinMemory([&] {
    Entry& entry = *request->entry;
    Capture::AnswerFrom(request->capture,
                        {entry.isolate, entry.place, platform::OwnAddress(entry.loop), std::move(context),
                         &entry.totals, &entry.quiet, request->asked, PastOf(entry.loop)});
  });
  // If this fails as well, the question stays unanswered, and the report stops waiting at its time limit.
  if (!answered) platform::WithinMemory([&] { Capture::AnswerWithoutMemory(request->capture); });
}

bool IsolateRegistry::WhileRegistered(uint64_t id, const std::function<void()>& work) {
  const platform::Monitor::Lock lock(monitor_);
  if (closed_ || entries_.count(id) == 0) return false;
  work();
  return true;
}

BuiltinsBlob IsolateRegistry::builtins() {
  const platform::Monitor::Lock lock(monitor_);
  return builtins_;
}

void IsolateRegistry::Close() {
  const platform::Monitor::Lock lock(monitor_);
  closed_ = true;
}

}  // namespace gmr::vm

#include "exit_watch.h"

#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "fatal_report.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// An exit should be delayed by at most 250 ms. The difference is a reserve for busy machines.
constexpr int64_t kLatestNs = 150 * kNsPerMs;
// Used when the exit code is not known: the process cannot be ended from here, and V8 aborts it if an
// isolate is left. A thread that gets one per cent of a CPU needs a second to dispose of an isolate.
constexpr int64_t kPatienceNs = 5000 * kNsPerMs;

// Node's exit code for an exception inside an 'uncaughtException' listener.
constexpr int kExceptionInListener = 7;

CloseForExit close_for_exit = nullptr;  // written before the handlers are installed
pid_t watched_pid = 0;

// A child that was forked without exec has none of our threads, and may have a lock that no thread will ever
// release.
bool IsForked() { return getpid() != watched_pid; }

bool Close(int64_t patience_ns) { return IsForked() || close_for_exit(MonotonicNs() + patience_ns); }

// Used when the thread with the isolate got too little CPU time: if the exit continued as usual, Node would
// delete what that thread is working on. The exit handlers of other libraries and the shutdown of workers are
// skipped.
[[noreturn]] void EndProcess(int code) {
  uv_tty_reset_mode();
  // Another thread may hold the lock of the stream while it reads or writes.
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  _exit(code);
}

void OnProcessExit(node::Environment* environment, int code) {
  // Node calls this function, so no C++ exception may leave it.
  if (code == kExceptionInListener && !IsForked()) platform::WithinMemory(&ReportFailedListener);
  if (!Close(kLatestNs)) EndProcess(code);
  node::DefaultProcessExitHandler(environment, code);
}

struct NaturalEnd {
  v8::Isolate* isolate;
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> exit_code;  // the getter of process.exitCode
};

// The code that the process will end with. No value where the process does not end with its environment: in a
// program that embeds Node, which is recognized by its event loop.
std::optional<int> CodeOfNaturalEnd(const NaturalEnd& end) {
  if (node::GetCurrentEventLoop(end.isolate) != uv_default_loop()) return std::nullopt;
  // Node forbids JavaScript in cleanup hooks. The getter only reads a variable.
  const v8::Isolate::AllowJavascriptExecutionScope allowed(end.isolate);
  const v8::HandleScope scope(end.isolate);
  const v8::TryCatch caught(end.isolate);
  const v8::Local<v8::Context> context = end.context.Get(end.isolate);
  v8::Local<v8::Value> code;
  if (!end.exit_code.Get(end.isolate)->Call(context, v8::Undefined(end.isolate), 0, nullptr).ToLocal(&code))
    return std::nullopt;
  // Node also accepts a string of digits.
  const auto number = code->IsUndefined() ? v8::Just(0) : code->Int32Value(context);
  return number.IsJust() ? std::optional(number.FromJust()) : std::nullopt;
}

// The value of a property, or an empty handle if it is not an object.
v8::Local<v8::Object> ObjectIn(v8::Isolate* isolate, v8::Local<v8::Context> context,
                               v8::Local<v8::Object> object, const char* name) {
  v8::Local<v8::String> key;
  v8::Local<v8::Value> value;
  const bool found = v8::String::NewFromUtf8(isolate, name).ToLocal(&key) &&
                     object->Get(context, key).ToLocal(&value) && value->IsObject();
  return found ? value.As<v8::Object>() : v8::Local<v8::Object>();
}

// nullptr when `process` of the main context is not Node's own object, which has a getter for exitCode.
NaturalEnd* RememberExitCode(v8::Isolate* isolate, node::Environment* environment) {
  const v8::HandleScope scope(isolate);
  const v8::TryCatch caught(isolate);
  const v8::Local<v8::Context> context = node::GetMainContext(environment);
  const v8::Local<v8::Object> process = ObjectIn(isolate, context, context->Global(), "process");
  v8::Local<v8::Value> property;
  if (process.IsEmpty() ||
      !process->GetOwnPropertyDescriptor(context, v8::String::NewFromUtf8Literal(isolate, "exitCode"))
           .ToLocal(&property) ||
      !property->IsObject())
    return nullptr;
  const v8::Local<v8::Object> getter = ObjectIn(isolate, context, property.As<v8::Object>(), "get");
  if (getter.IsEmpty() || !getter->IsFunction()) return nullptr;
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, needed until the process has ended
  return new NaturalEnd{isolate, {isolate, context}, {isolate, getter.As<v8::Function>()}};
}

// Ends as process.exit() would, which runs no cleanup hooks either: all 'exit' listeners have run.
void OnMainCleanup(void* data) {
  if (Close(kLatestNs)) return;
  const auto* end = static_cast<NaturalEnd*>(data);
  if (const auto code = end == nullptr ? std::nullopt : CodeOfNaturalEnd(*end)) EndProcess(*code);
  Close(kPatienceNs);
}

#if defined(__GLIBC__)
void OnLibraryExit(int code, void* /*unused*/) {
  if (!Close(kLatestNs)) EndProcess(code);
}
void InstallLibraryHandler() { on_exit(&OnLibraryExit, nullptr); }
#else
// Other C libraries do not pass the exit code to the handler.
void OnLibraryExit() { Close(kPatienceNs); }
void InstallLibraryHandler() { std::atexit(&OnLibraryExit); }
#endif

}  // namespace

void WatchExit(v8::Isolate* isolate, node::Environment* environment, CloseForExit close) {
  static std::atomic<bool> watched{false};
  if (watched.exchange(true)) return;
  close_for_exit = close;
  watched_pid = getpid();
  node::SetProcessExitHandler(environment, &OnProcessExit);
  node::AddEnvironmentCleanupHook(isolate, &OnMainCleanup, RememberExitCode(isolate, environment));
  InstallLibraryHandler();
}

}  // namespace gmr::reporter

#include "reporter.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <utility>

#include "../platform/clock.h"
#include "../platform/proc_tree.h"
#include "../platform/raw_write.h"
#include "../platform/signal_handler.h"
#include "../platform/standard_fds.h"
#include "../platform/text_file.h"
#include "../v8/layout_loader.h"
#include "../v8/layout_trial.h"
#include "bare_isolate.h"
#include "formatter_thread.h"
#include "frame_trust.h"
#include "photographer.h"
#include "process_json.h"
#include "text_writer.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// The formatter's thread needs V8's usual stack; the memory is only touched when a report is made.
constexpr size_t kThreadStackBytes = kBareIsolateStackBytes + (size_t{256} << 10);
constexpr size_t kMaxFormatterBytes = size_t{4} << 20;
// Left of the whole report's time for the plain text and the writing.
constexpr int64_t kReserveForWritingNs = 500 * kNsPerMs;
// Tens of thousands of processes may be on the machine.
constexpr int64_t kProcessesNs = 300 * kNsPerMs;

std::string MakeReportId(double wall_clock_ms, uint32_t sequence) {
  const auto seconds = static_cast<time_t>(wall_clock_ms / 1e3);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char date[40];
  std::strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &parts);
  return std::string(date) + "-" + std::to_string(getpid()) + "-" + std::to_string(sequence);
}

std::string ProcessesJson(int64_t deadline_ns) {
  platform::ProcessTreeLimits limits;
  limits.deadline_ns = std::min(MonotonicNs() + kProcessesNs, deadline_ns);
  JsonWriter json;
  WriteProcesses(json, platform::ReadProcessTree(limits));
  return json.Take();
}

void WriteToStderr(const std::string& text, int64_t deadline_ns) {
  // There is nowhere left to complain when stderr is closed, full or gone.
  (void)platform::WriteWithDeadline(STDERR_FILENO, text, deadline_ns);
}

void NameThisThread() {
#if defined(__APPLE__)
  pthread_setname_np("gmr-reporter");
#else
  pthread_setname_np(pthread_self(), "gmr-reporter");
#endif
}

Trigger FromSignal(const platform::SignalEvent& event, std::string signal_name) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kSignal;
  trigger.signal_name = std::move(signal_name);
  trigger.sender_pid = event.sender_pid;
  trigger.sender_uid = event.sender_uid;
  trigger.coalesced = event.count;
  // 0: the signal came between the handler's two stores and TakeSignal().
  const int64_t now_ns = MonotonicNs();
  trigger.at_ns = event.first_at_ns != 0 ? event.first_at_ns : now_ns;
  trigger.wall_clock_ms = platform::WallClockMs() - platform::MsBetween(trigger.at_ns, now_ns);
  return trigger;
}

}  // namespace

Reporter& Reporter::Get() {
  static auto* reporter = new Reporter;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *reporter;
}

platform::Result<bool> Reporter::Configure(Options options) {
  const platform::Monitor::Lock lock(monitor_);
  facts_.options = std::move(options);
  patrol_.Configure(facts_.options);
  if (thread_started_) {
    wake_.Wake();  // so that the reporter thread sleeps until the next round at most
    return true;
  }
  const auto started = StartThread();
  thread_started_ = started.ok();
  return started;
}

platform::Result<bool> Reporter::StartThread() {
  vm::Capture::OnLateAnswer([this] { wake_.Wake(); });
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kThreadStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // The thread inherits a full mask: no signal of the application lands on it.
  sigset_t all;
  sigset_t earlier;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &earlier);
  pthread_t thread{};
  const int error = pthread_create(&thread, &attributes, &Run, this);
  pthread_sigmask(SIG_SETMASK, &earlier, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return platform::SysError{error, "starting the reporter thread"};
  return true;
}

void Reporter::SetFacts(std::string json) {
  const platform::Monitor::Lock lock(monitor_);
  facts_.process_json = std::move(json);
}

void Reporter::SetConfiguration(std::string json) {
  const platform::Monitor::Lock lock(monitor_);
  facts_.configuration_json = std::move(json);
}

void Reporter::WatchExit(v8::Isolate* isolate, node::Environment* environment) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (watches_exit_) return;
    watches_exit_ = true;
  }
  platform_.store(node::GetMultiIsolatePlatform(environment));
  // process.exit() and fatal exceptions run the first; the natural end of the
  // event loop runs the second before it frees anything.
  node::AtExit(environment, &OnExitCallback, environment);
  node::AddEnvironmentCleanupHook(isolate, &OnMainCleanup, this);
}

void Reporter::OnExitCallback(void* environment) {
  Get().CloseGate();
  {
    const platform::Monitor::Lock lock(Get().monitor_);
    if (Get().main_ended_) return;
  }
  // Runs as soon as JavaScript does again, which it does only if this was no exit.
  node::RequestInterrupt(static_cast<node::Environment*>(environment), &OnMainRunsOn, environment);
}

void Reporter::OnMainRunsOn(void* environment) {
  {
    const platform::Monitor::Lock lock(Get().monitor_);
    if (Get().main_ended_) return;  // drained at teardown
  }
  Get().gate_.Reopen();
  vm::IsolateRegistry::Get().Reopen();
  // Node calls each exit callback once and forgets it.
  node::AtExit(static_cast<node::Environment*>(environment), &OnExitCallback, environment);
}

void Reporter::OnMainCleanup(void* raw) {
  auto* reporter = static_cast<Reporter*>(raw);
  {
    const platform::Monitor::Lock lock(reporter->monitor_);
    reporter->main_ended_ = true;
  }
  reporter->CloseGate();
}

void Reporter::CloseGate() {
  gate_.Close([] {
    vm::IsolateRegistry::Get().Close();
    vm::Capture::NotifyWaiters();
    Get().sections_.NotifyWaiters();
  });
}

platform::Result<bool> Reporter::InstallSignal(int number, const std::string& name) {
  RemoveSignal();
  if (const auto held = hold_.Hold(number); !held.ok()) return held;
  platform::BlockOnThisThread(number);
  if (const auto installed = action_.Install(number, wake_.handle()); !installed.ok()) {
    platform::UnblockOnThisThread(number);
    hold_.Release();
    return installed;
  }
  {
    const platform::Monitor::Lock lock(monitor_);
    facts_.signal_name = name;
  }
  signal_number_.store(number);
  wake_.Wake();  // so that the reporter thread opens its mask for it
  return true;
}

void Reporter::RemoveSignal() {
  const int number = action_.number();
  if (number == 0) return;
  action_.Remove();
  hold_.Release();
  signal_number_.store(0);
  platform::UnblockOnThisThread(number);
  wake_.Wake();
}

void Reporter::BlockSignalHere() {
  if (const int number = signal_number_.load(); number != 0) platform::BlockOnThisThread(number);
}

platform::Result<bool> Reporter::RequestPhotograph(PhotographListener listener) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!thread_started_)
      return platform::SysError{ESRCH, "asking the reporter thread, which was never started"};
    listeners_.push_back(std::move(listener));
  }
  wake_.Wake();
  return true;
}

void* Reporter::Run(void* raw) {
  auto* reporter = static_cast<Reporter*>(raw);
  NameThisThread();
  reporter->ReadFormatter();
  for (;;) {
    reporter->OpenForSignal();
    reporter->WaitForWork();
    reporter->wake_.Drain();
    // Once more, so that a signal during this report is noted at its own time.
    reporter->OpenForSignal();
    reporter->gate_.BeginReport();
    reporter->Serve();
    reporter->gate_.EndReport();
  }
  return nullptr;
}

// At once, so that a deployment over the running service changes nothing; and here,
// so that setup has no work with it.
void Reporter::ReadFormatter() {
  auto source = platform::ReadRegularFile(CopyFacts().options.formatter_path, kMaxFormatterBytes);
  if (source.ok()) formatter_source_ = std::move(source.value());
}

// Threads with an event loop block the signal and others may not exist
// (--v8-pool-size=0), so this thread must take it. The handler closes the mask of
// the thread that it interrupts; signals then wait in the kernel, at no cost.
void Reporter::OpenForSignal() {
  const int number = signal_number_.load();
  if (unblocked_signal_ != 0 && unblocked_signal_ != number) platform::BlockOnThisThread(unblocked_signal_);
  if (number != 0) platform::UnblockOnThisThread(number);
  unblocked_signal_ = number;
}

void Reporter::Serve() {
  PrintLateAnswers();
  if (const platform::SignalEvent event = platform::TakeSignal(); event.count > 0) {
    const Facts facts = CopyFacts();
    Report(FromSignal(event, facts.signal_name), facts);
  }
  ServePatrol();
  std::vector<PhotographListener> listeners;
  std::vector<WrittenRequest> written_requests;
  {
    const platform::Monitor::Lock lock(monitor_);
    listeners.swap(listeners_);
    written_requests.swap(written_requests_);
  }
  if (!listeners.empty()) AnswerApi(listeners);
  if (!written_requests.empty()) ServeWritten(written_requests);
}

Reporter::Facts Reporter::CopyFacts() {
  const platform::Monitor::Lock lock(monitor_);
  return facts_;
}

Photograph Reporter::NewPhotograph(const Facts& facts, const Trigger& trigger) {
  Photograph photograph;
  photograph.report_id = MakeReportId(trigger.wall_clock_ms, ++sequence_);
  photograph.trigger = trigger;
  photograph.pid = getpid();
  photograph.ppid = getppid();
  photograph.view_json = facts.options.view_json;
  return photograph;
}

void Reporter::TakePhotograph(const Facts& facts, std::function<void()> asked, Photograph* photograph) {
  const Options& options = facts.options;
  const auto stop = [this] { return gate_.closing(); };
  PhotographThreads(options, {stop, std::move(asked)}, photograph);

  const int64_t deadline_ns =
      photograph->trigger.at_ns + options.report_timeout_ms * kNsPerMs - kReserveForWritingNs;
  green_photographer_.Begin({options, platform_.load(), deadline_ns, stop}, &gate_, photograph);
  photograph->processes_json = ProcessesJson(deadline_ns);
  photograph->sections = sections_.Collect(options, photograph->main_isolate(), deadline_ns, stop);
  // After the sections: the main loop may have refreshed the configuration just now.
  photograph->facts_json = facts.process_json;
  photograph->configuration_json = CopyFacts().configuration_json;
  green_photographer_.Finish(photograph);
  photograph->complete_after_ms = platform::MsBetween(photograph->trigger.at_ns, MonotonicNs());
}

Delivery::Outcome Reporter::Report(const Trigger& trigger, const Facts& facts) {
  const platform::StandardFdsTaken standard_fds;
  const int64_t deadline_ns = trigger.at_ns + facts.options.report_timeout_ms * kNsPerMs;
  Photograph photograph = NewPhotograph(facts, trigger);
  const auto to_json = [&photograph](v8::Isolate* isolate, v8::Local<v8::Context> context) {
    vm::TryLayout(isolate, context, vm::TrustedLayout(MonotonicNs()), vm::IsolateRegistry::Get().builtins());
    if (const std::string problem = vm::LayoutProblem(); !problem.empty())
      DropReadJavaScript(problem, &photograph);
    return ToJson(photograph);
  };

  Delivery delivery(facts.options, photograph.report_id, trigger.wall_clock_ms);
  const auto deliver = [&](std::vector<ReportText> texts) {
    delivery.Begin(std::move(texts), deadline_ns, [this] { return gate_.closing(); });
  };
  FormatterThread formatter({.source = formatter_source_,
                             .code = &formatter_code_,
                             .photograph_json = to_json,
                             .deadline_ns = deadline_ns - kReserveForWritingNs,
                             .platform = platform_.load(),
                             .deliver = deliver},
                            &gate_);
  TakePhotograph(
      facts, [&formatter] { formatter.Begin(); }, &photograph);
  const std::string failure = formatter.Finish();
  if (!failure.empty()) deliver({{"", WritePlainText(photograph, failure)}});
  const Delivery::Outcome outcome =
      delivery.Finish(std::max(deadline_ns, MonotonicNs() + kReserveForWritingNs));
  last_report_ = {photograph.report_id, MonotonicNs()};
  TellReport(photograph, outcome);
  patrol_.Resume();
  return outcome;
}

// Several callers at once share one photograph.
void Reporter::AnswerApi(const std::vector<PhotographListener>& listeners) {
  const Facts facts = CopyFacts();
  Photograph photograph = NewPhotograph(facts, TriggeredNow(Trigger::Kind::kApi));
  TakePhotograph(
      facts, [] {}, &photograph);
  const std::string json = ToJson(photograph);
  for (const PhotographListener& listener : listeners) listener(json);
  patrol_.Resume();
}

void Reporter::PrintLateAnswers() {
  for (const auto& capture : vm::Capture::TakeLateAnswers()) {
    // Of a thread that was only briefly in native code: it answered while the report was being written.
    const bool is_of_last = capture->question().report_id == last_report_.id;
    if (is_of_last && capture->answer().answered_at_ns < last_report_.written_at_ns) continue;
    WriteToStderr(WriteLateAnswer(*capture), MonotonicNs() + kReserveForWritingNs);
  }
}

}  // namespace gmr::reporter

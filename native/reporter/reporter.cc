#include "reporter.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "../base/thread_name.h"
#include "../base/thread_start.h"
#include "../base/utc.h"
#include "../os/signal_handler.h"
#include "../os/standard_fds.h"
#include "../os/stderr_identity.h"
#include "../os/stderr_output.h"
#include "../process/proc_tree.h"
#include "../process/threads/process_syscall.h"
#include "../v8/layout_loader.h"
#include "../v8/layout_trial.h"
#include "capture/async_code.h"
#include "capture/frame_trust.h"
#include "capture/photographer.h"
#include "exit_watch.h"
#include "formatter/bare_isolate.h"
#include "formatter/formatter_thread.h"
#include "model/cpu_shares.h"
#include "output/process_json.h"
#include "output/text_writer.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// The formatter's thread needs V8's usual stack; the memory is only touched when a report is made.
constexpr size_t kThreadStackBytes = kBareIsolateStackBytes + (size_t{256} << 10);
// Left of the whole report's time for the plain text and the writing.
constexpr int64_t kReserveForWritingNs = 500 * kNsPerMs;
// Reading /proc of another process can wait for a lock that the other process holds.
constexpr int64_t kOwnFilesNs = 1000 * kNsPerMs;
// Tens of thousands of processes may be on the machine.
constexpr int64_t kProcessesNs = 300 * kNsPerMs;

std::string MakeReportId(double wall_clock_ms, uint32_t sequence) {
  const platform::UtcTime utc = platform::ToUtc(wall_clock_ms);
  char date[40];
  std::snprintf(date, sizeof date, "%04d%02d%02dT%02d%02d%02dZ", utc.year, utc.month, utc.day, utc.hour,
                utc.minute, utc.second);
  return std::string(date) + "-" + std::to_string(getpid()) + "-" + std::to_string(sequence);
}

// What each process below this one waits for. The first of the list is this process.
void DescribeChildren(int64_t deadline_ns, platform::ProcessTree* tree) {
  for (size_t at = 1; at < tree->processes.size() && MonotonicNs() < deadline_ns; ++at) {
    platform::ProcessInfo& process = tree->processes[at];
    if (process.state != 'Z')
      process.syscall = platform::Unmasked(platform::DescribeProcessSyscall(process.pid));
  }
}

std::string ProcessesJson(int64_t deadline_ns) {
  platform::ProcessTreeLimits limits;
  limits.deadline_ns = std::min(MonotonicNs() + kProcessesNs, deadline_ns);
  JsonWriter json;
  auto tree = platform::ReadProcessTree(limits);
  if (tree.ok()) DescribeChildren(limits.deadline_ns, &tree.value());
  WriteProcesses(json, tree);
  return json.Take();
}

// Waits for the thread that searches the heaps.
class GreenThreadsEnd {
 public:
  explicit GreenThreadsEnd(GreenPhotographer* photographer) : photographer_(photographer) {}
  GreenThreadsEnd(const GreenThreadsEnd&) = delete;
  GreenThreadsEnd& operator=(const GreenThreadsEnd&) = delete;
  ~GreenThreadsEnd() { photographer_->Join(); }

 private:
  GreenPhotographer* const photographer_;
};

}  // namespace

Reporter& Reporter::Get() {
  static auto* reporter = new Reporter;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *reporter;
}

platform::Result<bool> Reporter::Configure(Options options) {
  platform::RememberStderr();
  platform::Monitor::Lock lock(monitor_);
  facts_.options = std::move(options);
  patrol_.Configure(facts_.options);
  options_changed_ = true;
  if (thread_started_) {
    wake_.Wake();  // so that the reporter thread sleeps until the next round at most
    return true;
  }
  own_sources_.Read(facts_.options.lib_folder, facts_.options.lib_files);
  const auto started = StartThread();
  thread_started_ = started.ok();
  AwaitOwnFiles(lock);
  return started;
}

platform::Result<bool> Reporter::StartThread() {
  vm::Capture::OnLateAnswer([this] { wake_.Wake(); });
  const int error = platform::StartDetachedThread(kThreadStackBytes, &Run, this);
  if (error != 0) return platform::SysError{error, "starting the reporter thread"};
  return true;
}

// A file gets the lowest free number. If the reporter thread opened one of its own while the application
// replaces a closed stderr, the application's file would get another number than the application expects.
void Reporter::AwaitOwnFiles(platform::Monitor::Lock& lock) {
  lock.WaitUntil(MonotonicNs() + kOwnFilesNs, [this] {
    return !thread_started_ || gate_.closing() || (thread_named_ && !nodemon_wanted_);
  });
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
  platform_.store(node::GetMultiIsolatePlatform(environment));
  reporter::WatchExit(isolate, environment, [](int64_t deadline_ns) { return Get().CloseGate(deadline_ns); });
}

bool Reporter::CloseGate(int64_t deadline_ns) {
  const auto end_waits = [] {
    vm::IsolateRegistry::Get().Close();
    vm::Capture::NotifyWaiters();
    Get().sections_.NotifyWaiters();
  };
  return gate_.Close(deadline_ns, end_waits);
}

platform::Result<bool> Reporter::RequestPhotograph(PhotographListener listener) {
  {
    const platform::Monitor::Lock lock(monitor_);
    if (!thread_started_)
      return platform::SysError{ESRCH,
                                "requesting a report from the reporter thread, which was never started"};
    listeners_.push_back(std::move(listener));
  }
  wake_.Wake();
  return true;
}

void* Reporter::Run(void* raw) {
  auto* reporter = static_cast<Reporter*>(raw);
  platform::NameThisThread("gmr-reporter");
  platform::WithinMemory([reporter] { reporter->OpenOutsideView(); });
  {
    const platform::Monitor::Lock lock(reporter->monitor_);
    reporter->thread_named_ = true;
  }
  reporter->monitor_.NotifyAll();
  for (;;) {
    reporter->OpenForSignal();
    reporter->WaitForWork();
    reporter->wake_.Drain();
    // A new report would only delay the end of the process. No thread joins this one.
    if (reporter->gate_.closing()) return nullptr;
    // Once more, so that a signal during this report is noted at its own time.
    reporter->OpenForSignal();
    reporter->gate_.BeginReport();
    platform::WithinMemory([reporter] { reporter->Serve(); });
    reporter->gate_.EndReport();
  }
  return nullptr;
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
  platform::WithinMemory([this] { PrintLateAnswers(); });
  platform::WithinMemory([this] { LookForNodemon(); });
  platform::WithinMemory([this] { ShowOptions(); });
  if (const platform::SignalEvent event = platform::TakeSignal(); event.count > 0) ServeSignal(event);
  platform::WithinMemory([this] { SayAll(); });
  platform::WithinMemory([this] { ServePatrol(); });
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

std::string Reporter::SignalName() {
  const platform::Monitor::Lock lock(monitor_);
  return facts_.signal_name;  // short enough not to allocate memory
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
  photograph.ppid = platform::ParentPid();
  photograph.view_json = facts.options.view_json;
  return photograph;
}

void Reporter::TakePhotograph(const Facts& facts, const MemoryPlan& memory, std::function<void()> asked,
                              Photograph* photograph) {
  Options options = facts.options;
  if (memory.max_frames > 0) options.max_frames = std::min(options.max_frames, memory.max_frames);
  const auto stop = [this] { return gate_.closing(); };
  const int64_t deadline_ns =
      photograph->trigger.at_ns + options.report_timeout_ms * kNsPerMs - kReserveForWritingNs;
  // The destructor ends its thread, which uses these local variables, even when memory runs out before
  // Finish().
  const GreenThreadsEnd green_threads_end(&green_photographer_);
  const GreenPhotographJob heaps{options, platform_.load(),         deadline_ns,
                                 stop,    FormatterSource(options), memory.shortage};
  const auto read_heaps = [&] { green_photographer_.Begin(heaps, &gate_, photograph); };
  const auto plan_contexts = [&] { return green_photographer_.PlanContexts(heaps); };
  PhotographThreads(options, memory, {stop, std::move(asked), read_heaps, plan_contexts}, photograph);
  if (!memory.is_whole()) {
    green_photographer_.Finish(photograph);
    SumPauses(photograph);
    SetCpuShares(&photograph->other_threads);
    return;
  }
  photograph->processes_json = ProcessesJson(deadline_ns);
  photograph->sections = sections_.Collect(options, photograph->main_isolate(), deadline_ns, stop);
  // After the sections: the main loop may have refreshed the configuration just now.
  photograph->facts_json = facts.process_json;
  photograph->configuration_json = CopyFacts().configuration_json;
  green_photographer_.Finish(photograph);
  SumPauses(photograph);
  FillAsyncCode(photograph);
  // As late as possible: the longer the time, the more it says.
  SetCpuShares(&photograph->other_threads);
  photograph->complete_after_ms = platform::MsBetween(photograph->trigger.at_ns, MonotonicNs());
}

const OwnSources* Reporter::own_sources() {
  const platform::Monitor::Lock lock(monitor_);
  return thread_started_ ? &own_sources_ : nullptr;
}

const std::string& Reporter::FormatterSource(const Options& options) const {
  static const std::string none;
  return options.lib_files.empty() ? none : own_sources_.TextOf(options.lib_files.front());
}

FormatterJob Reporter::NewFormatterJob(const Facts& facts, Photograph* photograph) {
  const auto maps = std::make_shared<InlineMaps>();
  const auto to_json = [this, photograph, maps](v8::Isolate* isolate, v8::Local<v8::Context> context) {
    vm::TryLayout(isolate, context, vm::TrustedLayout(MonotonicNs()), vm::IsolateRegistry::Get().builtins());
    if (const std::string problem = vm::LayoutProblem(); !problem.empty())
      DropReadJavaScript(problem, photograph);
    green_photographer_.TryTable(isolate, *photograph);
    green_photographer_.DropUntested(photograph);
    return ToJson(*photograph, maps.get());
  };
  return {.source = FormatterSource(facts.options),
          .code = &formatter_code_,
          .photograph_json = to_json,
          .inline_maps = maps,
          .deadline_ns = DeadlineNs(facts, *photograph) - kReserveForWritingNs,
          .platform = platform_.load()};
}

int64_t Reporter::DeadlineNs(const Facts& facts, const Photograph& photograph) {
  return photograph.trigger.at_ns + facts.options.report_timeout_ms * kNsPerMs;
}

Delivery::Outcome Reporter::MakeReport(const Trigger& trigger, const MemoryPlan& memory) {
  const platform::StandardFdsTaken standard_fds;
  const Facts facts = CopyFacts();
  Photograph photograph = NewPhotograph(facts, trigger);
  const int64_t deadline_ns = DeadlineNs(facts, photograph);

  Delivery delivery(facts.options, photograph.report_id, trigger.wall_clock_ms);
  bool delivered = false;
  std::string resolved_json;
  const auto deliver = [&](Formatted formatted) {
    resolved_json = std::move(formatted.photograph_json);
    Keep(photograph, &formatted.texts);
    delivery.Begin(std::move(formatted.texts), deadline_ns, [this] { return gate_.closing(); });
    delivered = true;
  };
  FormatterJob job = NewFormatterJob(facts, &photograph);
  job.wants_photograph = WantsReports();
  job.deliver = deliver;
  FormatterThread formatter(std::move(job), &gate_);
  std::string failure = memory.shortage;
  if (memory.is_whole()) {
    TakePhotograph(
        facts, memory, [&formatter] { formatter.Begin(); }, &photograph);
    failure = formatter.Finish();
  } else {
    TakePhotograph(
        facts, memory, [] {}, &photograph);
  }
  green_photographer_.DropUntested(&photograph);
  if (!delivered) deliver({{{"", WritePlainText(photograph, platform::Unmasked(failure))}}, ""});
  const Delivery::Outcome outcome =
      delivery.Finish(std::max(deadline_ns, MonotonicNs() + kReserveForWritingNs));
  last_report_ = {photograph.report_id, MonotonicNs()};
  platform::WithinMemory([&] {
    if (!WantsReports()) return;
    if (memory.is_whole() && resolved_json.empty()) resolved_json = ToJson(photograph);
    TellReport(photograph.report_id, resolved_json, outcome);
  });
  return outcome;
}

std::string Reporter::MakePhotographJson(const MemoryPlan& memory) {
  const platform::StandardFdsTaken standard_fds;
  const Facts facts = CopyFacts();
  Photograph photograph = NewPhotograph(facts, TriggeredNow(Trigger::Kind::kApi));
  if (!memory.is_whole()) {
    TakePhotograph(
        facts, memory, [] {}, &photograph);
    return ToJson(photograph);
  }
  std::string json;
  FormatterJob job = NewFormatterJob(facts, &photograph);
  job.wants_texts = false;
  job.wants_photograph = true;
  job.deliver = [&json](Formatted formatted) { json = std::move(formatted.photograph_json); };
  FormatterThread formatter(std::move(job), &gate_);
  TakePhotograph(
      facts, memory, [&formatter] { formatter.Begin(); }, &photograph);
  // Without original positions, the photograph is still a photograph.
  if (formatter.Finish().empty()) return json;
  green_photographer_.DropUntested(&photograph);
  return ToJson(photograph);
}

void Reporter::PrintLateAnswers() {
  for (const auto& capture : vm::Capture::TakeLateAnswers()) {
    // Of a thread that was only briefly in native code: it answered while the report was being written.
    const bool is_of_last = capture->question().report_id == last_report_.id;
    if (is_of_last && capture->answer().answered_at_ns < last_report_.written_at_ns) continue;
    Notify(DescribeLateAnswer(*capture));
  }
}

}  // namespace gmr::reporter

#include "photographer.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../platform/clock.h"
#include "../platform/thread_cpu.h"
#include "../v8/layout_loader.h"
#include "../v8/stack_reader.h"
#include "silent_thread.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Between two looks at a thread that does not answer.
constexpr int64_t kLookEveryNs = 4 * kNsPerMs;
// What a starved thread gets at most.
constexpr int64_t kStarvedGraceNs = 1000 * kNsPerMs;
// Other threads of the operating system: their stacks are an extra.
constexpr size_t kMaxOtherStacks = 64;
constexpr int64_t kOtherStacksNs = 100 * kNsPerMs;
// It takes a millisecond, unless a thread holds the lock of the loader.
constexpr int64_t kLayoutTimeoutNs = 300 * kNsPerMs;
// In a shorter time the kernel's clock of CPU time says nothing.
constexpr int64_t kShortestShareNs = 5 * kNsPerMs;
// Event loops that turn this rarely are called blocked.
constexpr double kBlockedAfterMs = 200;
// V8 takes four of five interrupts during a storm of promise jobs between two of
// them, where there is no stack, or only Node's own part of it. Asked again and
// again, it is caught inside one.
constexpr int kMicrotaskRetries = 1000;
constexpr useconds_t kMicrotaskPauseUs = 20;
constexpr int64_t kMicrotaskRetriesNs = 100 * kNsPerMs;

// What reads stacks from memory. Made while others answer, and only when needed.
class LazyReader {
 public:
  vm::StackReader& Get() {
    if (reader_ == nullptr) {
      reader_ = std::make_unique<vm::StackReader>(vm::TrustedLayout(MonotonicNs() + kLayoutTimeoutNs),
                                                  vm::IsolateRegistry::Get().builtins());
    }
    return *reader_;
  }

 private:
  std::unique_ptr<vm::StackReader> reader_;
};

// One isolate on its way into the photograph.
struct Subject {
  IsolatePhoto photo;
  std::shared_ptr<vm::Capture> capture;
  std::shared_ptr<vm::Capture> first_capture;  // when `capture` is a repeated question
  std::unique_ptr<SilentThread> silent;
  int64_t cpu_ns = 0;  // its CPU time before it was asked; 0: unknown
  bool given_up = false;

  bool pending() const {
    return capture != nullptr && !given_up && capture->state() == vm::Capture::State::kPending;
  }
};

void ReadOs(Subject* subject) {
  if (subject->photo.status.id == 0) {
    subject->photo.os_error = "its thread is not known";
    return;
  }
  auto status = platform::ReadThreadStatus(subject->photo.status.tid);
  if (status.ok()) {
    subject->photo.os = ThreadPhoto{std::move(status.value()), "", std::nullopt};
    subject->cpu_ns = platform::ThreadCpuNs(subject->photo.status.tid);
  } else {
    subject->photo.os_error = status.error().ToString();
  }
}

std::vector<std::shared_ptr<vm::Capture>> PendingCaptures(const std::vector<Subject>& subjects) {
  std::vector<std::shared_ptr<vm::Capture>> pending;
  for (const Subject& subject : subjects) {
    if (subject.pending()) pending.push_back(subject.capture);
  }
  return pending;
}

void WatchPending(const Options& options, LazyReader* reader, std::vector<Subject>* subjects) {
  for (Subject& subject : *subjects) {
    if (!subject.pending()) continue;
    subject.silent = std::make_unique<SilentThread>(subject.photo.status, options.max_frames,
                                                    [reader]() -> vm::StackReader& { return reader->Get(); });
  }
}

// A running thread that stays silent will be held while its stack is copied; one that sleeps will not.
bool MayBeHeld(const Subject& subject) {
  return subject.pending() && (!subject.photo.os || subject.photo.os->status.state == 'R');
}

void WaitForAnswers(const Options& options, const PhotographHooks& hooks, LazyReader* reader,
                    std::vector<Subject>* subjects) {
  const int64_t begin_ns = MonotonicNs();
  const int64_t grace_ns = begin_ns + options.interrupt_timeout_ms * kNsPerMs;
  const int64_t longest_ns = std::max(grace_ns, begin_ns + kStarvedGraceNs);
  WatchPending(options, reader, subjects);

  for (bool first = true;; first = false) {
    const auto pending = PendingCaptures(*subjects);
    vm::Capture::WaitForAll(pending, std::min(MonotonicNs() + kLookEveryNs, longest_ns), hooks.stop);
    if (first && std::none_of(subjects->begin(), subjects->end(), MayBeHeld)) hooks.asked();
    if (PendingCaptures(*subjects).empty() || hooks.stop()) return;
    const int64_t now_ns = MonotonicNs();
    for (Subject& subject : *subjects) {
      if (!subject.pending()) continue;
      const bool is_last = now_ns >= longest_ns || (now_ns >= grace_ns && !subject.silent->IsStarved());
      // It is in our own code: what would be read of it then says nothing.
      if (subject.capture->begun() && now_ns < longest_ns) continue;
      subject.given_up = subject.silent->IsStuck(is_last) || is_last;
      // It may have begun after that look.
      if (subject.capture->begun() && now_ns < longest_ns) subject.given_up = false;
    }
  }
}

void AskAll(const vm::Question& question, std::vector<Subject>* subjects) {
  for (Subject& subject : *subjects) {
    if (subject.photo.status.id == 0) continue;
    subject.capture = vm::IsolateRegistry::Get().Ask(subject.photo.status.id, question);
    if (subject.capture == nullptr) subject.photo.state = IsolateState::kExited;
  }
}

bool CaughtBetweenMicrotasks(const Subject& subject) {
  if (subject.capture == nullptr || subject.capture->state() != vm::Capture::State::kAnswered) return false;
  const vm::StackCapture& stack = subject.capture->answer().stack;
  // Node's own frames may be below: processTicksAndRejections runs promise jobs too.
  const bool in_user_code = std::any_of(stack.frames.begin(), stack.frames.end(),
                                        [](const vm::Frame& frame) { return frame.is_user_code; });
  return stack.running_microtasks && !in_user_code;
}

void RetryMicrotaskStorms(vm::Question question, const std::function<bool()>& stop,
                          std::vector<Subject>* subjects) {
  question.with_heap = false;  // the first answer has it
  const int64_t deadline_ns = MonotonicNs() + kMicrotaskRetriesNs;
  for (int retry = 0; retry < kMicrotaskRetries && MonotonicNs() < deadline_ns && !stop(); ++retry) {
    std::vector<std::shared_ptr<vm::Capture>> asked;
    std::vector<std::pair<Subject*, std::shared_ptr<vm::Capture>>> retried;
    for (Subject& subject : *subjects) {
      if (!CaughtBetweenMicrotasks(subject)) continue;
      if (auto capture = vm::IsolateRegistry::Get().Ask(subject.photo.status.id, question)) {
        asked.push_back(capture);
        retried.emplace_back(&subject, std::move(capture));
      }
    }
    if (asked.empty()) return;
    vm::Capture::WaitForAll(asked, deadline_ns, stop);
    // Asked at once, V8 14 would be caught at the same point of its loop again.
    usleep(kMicrotaskPauseUs);
    for (auto& [subject, capture] : retried) {
      // The earlier answer stands until there is a better one.
      if (capture->state() != vm::Capture::State::kAnswered) continue;
      if (subject->first_capture == nullptr) subject->first_capture = subject->capture;
      subject->capture = std::move(capture);
    }
  }
}

IsolateState StateOfAnswered(const IsolatePhoto& photo, const vm::StackCapture& stack) {
  const bool empty = stack.frames.empty() && !stack.running_microtasks;
  if (empty && (!photo.os || photo.os->status.InEventPoll())) return IsolateState::kIdle;
  return photo.status.loop_stalled_ms >= kBlockedAfterMs ? IsolateState::kBlocked : IsolateState::kRunning;
}

// A stack that was read passively proves that the thread was blocked then. Somebody else's signal, that of a
// profiler for instance, may have it run for a moment when /proc is asked: the two must not contradict each
// other.
void SetBlocked(const vm::ReadStack& read, ThreadPhoto* os) {
  os->doing = read.doing;
  if (read.syscall < 0) return;
  // The kernel was asked for state and system call one after the other: either may be of that moment.
  os->status.syscall = platform::ThreadSyscall{.number = read.syscall};
  if (os->status.state == 'R') os->status.state = 'S';
}

// When it did not answer, but its stack was read.
IsolateState StateOfRead(const IsolatePhoto& photo, vm::CaptureMethod method) {
  if (method == vm::CaptureMethod::kPassive) return IsolateState::kBlocked;
  return photo.status.loop_stalled_ms >= kBlockedAfterMs ? IsolateState::kBlocked : IsolateState::kRunning;
}

std::string WhySilent(const Subject& subject, double waited_ms) {
  char text[200];
  const bool asleep = subject.photo.os && subject.photo.os->status.state != 'R';
  std::snprintf(text, sizeof text, "no answer within %.0f ms: the thread is %s%s", waited_ms,
                asleep ? "blocked in a system call below native code" : "busy in native code",
                subject.silent != nullptr && !subject.silent->problem().empty() ? "; " : "");
  return subject.silent != nullptr ? text + subject.silent->problem() : text;
}

void ConcludeSilent(int64_t asked_at_ns, bool stopped, Subject* subject) {
  IsolatePhoto& photo = subject->photo;
  const int64_t cpu_ns = subject->cpu_ns;
  const double waited_ms = platform::MsBetween(asked_at_ns, MonotonicNs());
  ReadOs(subject);  // where it is now says more than where it was
  subject->cpu_ns = cpu_ns;
  const vm::ReadStack* taken = subject->silent != nullptr ? subject->silent->taken() : nullptr;
  if (taken != nullptr) {
    char note[96];
    std::snprintf(note, sizeof note, "not answering (for %.0f ms): its stack was read from memory",
                  waited_ms);
    photo.note = note;
    photo.stack = taken->stack;
    photo.state = StateOfRead(photo, taken->stack.method);
    if (photo.os) SetBlocked(*taken, &*photo.os);
    return;
  }
  photo.state = IsolateState::kNotAnswering;
  photo.note = stopped ? "no answer: the process is exiting" : WhySilent(*subject, waited_ms);
}

void Conclude(int64_t asked_at_ns, bool stopped, Subject* subject) {
  IsolatePhoto& photo = subject->photo;
  if (photo.status.id == 0) {
    photo.state = IsolateState::kNotRegistered;
    photo.note = "gmr-native is not loaded in this worker, or not yet";
    return;
  }
  if (subject->capture != nullptr && subject->capture->Abandon()) {
    ConcludeSilent(asked_at_ns, stopped, subject);
    return;
  }
  // Nothing is pending from here on: it answered or is gone.
  if (subject->capture == nullptr || subject->capture->state() == vm::Capture::State::kGone) {
    photo.state = IsolateState::kExited;
    photo.note = "it ended while the report was made";
    return;
  }
  const vm::Answer& answer = subject->capture->answer();
  photo.state = StateOfAnswered(photo, answer.stack);
  photo.stack = answer.stack;
  photo.heap = subject->first_capture != nullptr ? subject->first_capture->answer().heap : answer.heap;
  photo.answered_at_ns = answer.answered_at_ns;
}

void AddNativeFrames(const std::vector<Subject>& subjects, LazyReader* reader, Photograph* photograph) {
  for (size_t i = 0; i < subjects.size(); ++i) {
    std::optional<vm::StackCapture>& stack = photograph->isolates[i].stack;
    if (!stack || stack->method != vm::CaptureMethod::kInterrupt || stack->frames.empty()) continue;
    reader->Get().AddNativeFrames(subjects[i].capture->answer().machine_stack, &*stack);
  }
}

void SetCpuShare(int64_t begin_ns, Subject* subject) {
  const int64_t now_ns = MonotonicNs();
  if (!subject->photo.os || subject->cpu_ns == 0 || now_ns - begin_ns < kShortestShareNs) return;
  const int64_t cpu_ns = platform::ThreadCpuNs(subject->photo.status.tid);
  if (cpu_ns < subject->cpu_ns) return;  // it has ended
  const auto used_ns = static_cast<double>(cpu_ns - subject->cpu_ns);
  subject->photo.os->cpu_share = std::min(1.0, used_ns / static_cast<double>(now_ns - begin_ns));
}

void ReadOtherStack(const Options& options, LazyReader* reader, OtherThreadPhoto* other) {
  if (other->os.status.tid == platform::CurrentThreadId()) {
    other->no_stack = "it is making this report";
    return;
  }
  vm::ReadStack read = reader->Get().ReadBlocked({other->os.status.tid, 0, options.max_frames});
  if (read.outcome == vm::ReadStack::Outcome::kRead) {
    SetBlocked(read, &other->os);
    other->stack = std::move(read.stack);
  } else {
    other->no_stack = std::move(read.problem);
  }
}

void PhotographOthers(const Options& options, const std::vector<int>& tids, LazyReader* reader,
                      Photograph* photograph) {
  const int64_t deadline_ns = MonotonicNs() + kOtherStacksNs;
  for (const int tid : tids) {
    const bool is_isolate = std::any_of(photograph->isolates.begin(), photograph->isolates.end(),
                                        [tid](const IsolatePhoto& photo) { return photo.status.tid == tid; });
    if (is_isolate) continue;
    auto status = platform::ReadThreadStatus(tid);
    // A thread that ended meanwhile is not there any more: nothing to tell.
    if (!status.ok()) continue;
    OtherThreadPhoto& other = photograph->other_threads.emplace_back();
    other.os.status = std::move(status.value());
    if (photograph->other_threads.size() > kMaxOtherStacks || MonotonicNs() > deadline_ns) {
      other.no_stack = "there are too many threads";
    } else {
      ReadOtherStack(options, reader, &other);
    }
  }
}

bool RunsJavaScript(const OtherThreadPhoto& other) {
  return other.stack &&
         std::any_of(other.stack->frames.begin(), other.stack->frames.end(),
                     [](const vm::Frame& frame) { return frame.kind != vm::FrameKind::kNative; });
}

// A worker that never registered told nobody its thread. When there is one such
// worker, and one thread of nobody's that runs JavaScript, they belong together.
void AdoptUnregistered(Photograph* photograph) {
  const auto is_unregistered = [](const IsolatePhoto& photo) {
    return photo.state == IsolateState::kNotRegistered;
  };
  auto& isolates = photograph->isolates;
  auto& others = photograph->other_threads;
  if (std::count_if(isolates.begin(), isolates.end(), is_unregistered) != 1) return;
  if (std::count_if(others.begin(), others.end(), RunsJavaScript) != 1) return;
  IsolatePhoto& photo = *std::find_if(isolates.begin(), isolates.end(), is_unregistered);
  const auto other = std::find_if(others.begin(), others.end(), RunsJavaScript);
  photo.status.tid = other->os.status.tid;
  photo.os = std::move(other->os);
  photo.stack = std::move(other->stack);
  others.erase(other);
}

// A stack that was read from memory may be that of a promise job. Who awaits it
// is not on the stack, and only V8 knows.
void MarkMicrotasks(vm::StackCapture* stack) {
  if (stack->method == vm::CaptureMethod::kInterrupt) return;
  stack->running_microtasks =
      std::any_of(stack->frames.begin(), stack->frames.end(), [](const vm::Frame& frame) {
        return frame.kind == vm::FrameKind::kNative &&
               frame.function_name.find("MicrotaskQueue::RunMicrotasks") != std::string::npos;
      });
  if (stack->running_microtasks) stack->async_skipped = "the stack was read from memory";
}

void NameFrames(LazyReader* reader, Photograph* photograph) {
  std::vector<vm::StackCapture*> stacks;
  for (IsolatePhoto& photo : photograph->isolates) {
    if (photo.stack) stacks.push_back(&*photo.stack);
  }
  for (OtherThreadPhoto& other : photograph->other_threads) {
    if (other.stack) stacks.push_back(&*other.stack);
  }
  reader->Get().NameNativeFrames(stacks);
  for (vm::StackCapture* stack : stacks) MarkMicrotasks(stack);
}

}  // namespace

void PhotographThreads(const Options& options, const PhotographHooks& hooks, Photograph* photograph) {
  std::vector<Subject> subjects;
  for (vm::IsolateStatus& status : vm::IsolateRegistry::Get().List()) {
    Subject& subject = subjects.emplace_back();
    subject.photo.status = std::move(status);
  }
  // Before anybody is asked: afterwards an idle thread would be seen awake.
  for (Subject& subject : subjects) ReadOs(&subject);

  vm::BeginLoadingLayout();
  LazyReader reader;
  const vm::Question question{options.max_frames, true, photograph->report_id, MonotonicNs()};
  AskAll(question, &subjects);
  // Before `hooks.asked` may begin threads of the report itself.
  const auto tids = platform::ListThreads();
  WaitForAnswers(options, hooks, &reader, &subjects);
  RetryMicrotaskStorms(question, hooks.stop, &subjects);

  for (Subject& subject : subjects) {
    Conclude(question.asked_at_ns, hooks.stop(), &subject);
    SetCpuShare(question.asked_at_ns, &subject);
    photograph->isolates.push_back(std::move(subject.photo));
  }
  photograph->stacks_after_ms = platform::MsBetween(photograph->trigger.at_ns, MonotonicNs());
  AddNativeFrames(subjects, &reader, photograph);
  if (tids.ok()) PhotographOthers(options, tids.value(), &reader, photograph);
  AdoptUnregistered(photograph);
  NameFrames(&reader, photograph);
  if (const auto resident = platform::ResidentBytes(); resident.ok())
    photograph->rss_bytes = resident.value();
}

}  // namespace gmr::reporter

#include "photographer.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../../base/clock.h"
#include "../../base/sleep.h"
#include "../../image/stack/native_around.h"
#include "../../process/threads/idle_cpus.h"
#include "../../process/threads/thread_cpu.h"
#include "../../v8/layout_loader.h"
#include "../../v8/stack_reader.h"
#include "../model/cpu_shares.h"
#include "conclusion.h"
#include "heap_limits.h"
#include "late_answers.h"
#include "lazy_reader.h"
#include "loop_sampler.h"
#include "other_threads.h"
#include "queue_sampler.h"
#include "silent_thread.h"
#include "subject.h"
#include "unregistered_worker.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Between two looks at a thread that does not answer.
constexpr int64_t kLookEveryNs = 4 * kNsPerMs;
// What a starved thread gets at most.
constexpr int64_t kStarvedGraceNs = 1000 * kNsPerMs;
// V8 takes four of five interrupts during a storm of promise jobs between two of
// them, where there is no stack, or only Node's own part of it. Asked again and
// again, it is caught inside one.
constexpr int kMicrotaskRetries = 1000;
constexpr int64_t kMicrotaskPauseNs = 20'000;
constexpr int64_t kMicrotaskRetriesNs = 100 * kNsPerMs;

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

// Calls a hook once.
class Once {
 public:
  explicit Once(const std::function<void()>& hook) : hook_(hook) {}
  void operator()() {
    if (!std::exchange(called_, true)) hook_();
  }

 private:
  const std::function<void()>& hook_;
  bool called_ = false;
};

// Whether what a hook begins would take the CPU of a thread that is to be held, or of a loop that is to be
// asked again.
bool NeedsTheirCpu(const std::vector<Subject>& subjects) {
  return std::any_of(subjects.begin(), subjects.end(),
                     [](const Subject& subject) { return MayBeHeld(subject) || MayTurn(subject.photo); });
}

// Whether a CPU is left beside this thread and those that were running when they were asked. A loop that
// mostly sleeps does not need one of its own.
bool HasCpuToSpare(const std::vector<IsolatePhoto>& isolates) {
  const auto running = std::count_if(isolates.begin(), isolates.end(), [](const IsolatePhoto& photo) {
    return !photo.os || photo.os->status.state == 'R';
  });
  return platform::IdleCpus() > 0 || platform::CpusBeside(1 + static_cast<int>(running)) > 0;
}

void WaitForAnswers(const Options& options, const std::function<bool()>& stop, LazyReader* reader,
                    Once* asked, std::vector<Subject>* subjects) {
  const int64_t begin_ns = MonotonicNs();
  const int64_t grace_ns = begin_ns + options.interrupt_timeout_ms * kNsPerMs;
  const int64_t longest_ns = std::max(grace_ns, begin_ns + kStarvedGraceNs);
  WatchPending(options, reader, subjects);

  for (bool first = true;; first = false) {
    const auto pending = PendingCaptures(*subjects);
    vm::Capture::WaitForAll(pending, std::min(MonotonicNs() + kLookEveryNs, longest_ns), stop);
    if (first && !NeedsTheirCpu(*subjects)) (*asked)();
    if (PendingCaptures(*subjects).empty() || stop()) return;
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

void AskAll(const vm::Question& question, size_t max_stacks, std::vector<Subject>* subjects) {
  size_t asked = 0;
  for (Subject& subject : *subjects) {
    if (subject.photo.status.id == 0) continue;
    subject.skipped = asked++ >= max_stacks;
    if (subject.skipped) continue;
    subject.capture = vm::IsolateRegistry::Get().Ask(subject.photo.status.id, question);
    if (subject.capture == nullptr) subject.photo.state = IsolateState::kExited;
  }
}

bool CaughtBetweenMicrotasks(const Subject& subject) {
  if (subject.capture == nullptr || subject.capture->state() != vm::Capture::State::kAnswered) return false;
  const vm::StackCapture& stack = subject.capture->answer().stack;
  // Node's own frames may be below: processTicksAndRejections runs promise jobs too.
  return stack.running_microtasks && !stack.HasUserCode();
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
    platform::SleepNs(kMicrotaskPauseNs);
    for (auto& [subject, capture] : retried) {
      // The earlier answer stands until there is a better one.
      if (capture->state() != vm::Capture::State::kAnswered) continue;
      if (subject->first_capture == nullptr) subject->first_capture = subject->capture;
      subject->capture = std::move(capture);
    }
  }
}

vm::SpentOnAnswers SpentSince(const vm::IsolateStatus& status) {
  const auto now = vm::IsolateRegistry::Get().SpentOf(status.id);
  if (!now) return {};
  return {now->wall_ns - status.spent.wall_ns, now->cpu_ns - status.spent.cpu_ns};
}

void AddNativeFrames(const std::vector<Subject>& subjects, LazyReader* reader, Photograph* photograph) {
  for (size_t i = 0; i < subjects.size(); ++i) {
    std::optional<vm::StackCapture>& stack = photograph->isolates[i].stack;
    if (!stack || stack->method != vm::CaptureMethod::kInterrupt || stack->frames.empty()) continue;
    reader->Get().AddNativeFrames(subjects[i].capture->answer().machine_stack, &*stack);
  }
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
  if (stack->running_microtasks && stack->async_frames.empty())
    stack->async_skipped = "the stack was read from memory";
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
  for (vm::StackCapture* stack : stacks) {
    vm::KeepInterruptedWork(stack);
    MarkMicrotasks(stack);
  }
}

}  // namespace

void SumPauses(Photograph* photograph) {
  for (IsolatePhoto& photo : photograph->isolates) {
    photo.paused_ms = platform::MsBetween(0, SpentSince(photo.status).wall_ns);
    photo.paused_ms += photo.also_held_ms;
    if (photo.stack) photo.paused_ms += photo.stack->held_ms;
  }
}

void PhotographThreads(const Options& options, const MemoryPlan& memory, const PhotographHooks& hooks,
                       Photograph* photograph) {
  std::vector<Subject> subjects;
  for (vm::IsolateStatus& status : vm::IsolateRegistry::Get().List()) {
    Subject& subject = subjects.emplace_back();
    subject.photo.status = std::move(status);
  }
  // Before anybody is asked: afterwards an idle thread would be seen awake.
  for (Subject& subject : subjects) ReadOs(&subject);

  vm::BeginLoadingLayout();
  LazyReader reader(memory.is_thrifty() ? vm::StackReader::Memory::kLittle : vm::StackReader::Memory::kUsual);
  vm::Question question{options.max_frames, true, photograph->report_id, 0};
  question.own_frames = reader.PlanOwnFrames();
  question.context_plan = hooks.plan_contexts();
  reader.UseContextPlan(question.context_plan);
  question.asked_at_ns = MonotonicNs();
  AskAll(question, memory.max_stacks, &subjects);
  // Before the hooks may begin threads of the report itself.
  const std::vector<MarkedThread> threads = ListMarked();
  Once asked(hooks.asked);
  Once listed(hooks.listed);
  if (platform::IdleCpus() > 0) asked();
  WaitForAnswers(options, hooks.stop, &reader, &asked, &subjects);
  RetryMicrotaskStorms(question, hooks.stop, &subjects);
  LookAgainAtLate(question.asked_at_ns, hooks.stop, &subjects);

  for (Subject& subject : subjects) {
    Conclude(question.asked_at_ns, hooks.stop(), &subject);
    if (subject.photo.status.identity.is_main && !subject.photo.heap)
      subject.photo.heap = photograph->trigger.heap;
    photograph->isolates.push_back(std::move(subject.photo));
  }
  photograph->stacks_after_ms = platform::MsBetween(photograph->trigger.at_ns, MonotonicNs());
  // Nobody is held any more. Loops that are asked again need a CPU of their own.
  const auto may_turn = [](const IsolatePhoto& photo) { return MayTurn(photo); };
  const auto& isolates = photograph->isolates;
  if (std::none_of(isolates.begin(), isolates.end(), may_turn) || HasCpuToSpare(isolates)) {
    asked();
    listed();
  }
  LoopSampler loops(question, hooks.stop, photograph);
  FindHeapLimits(photograph);
  const size_t others = memory.max_stacks - std::min(memory.max_stacks, subjects.size());
  PhotographOthers(options, threads, others, &reader, photograph);
  loops.Sample(&subjects);
  QueueSampler(question, hooks.stop, photograph).Sample(&subjects);
  asked();
  listed();
  for (IsolatePhoto& photo : photograph->isolates) {
    const vm::SpentOnAnswers spent = SpentSince(photo.status);
    if (photo.os) SetCpuShare(&*photo.os, spent.cpu_ns);
  }
  AddNativeFrames(subjects, &reader, photograph);
  for (IsolatePhoto& photo : photograph->isolates) ConcludeWaiting(&photo);
  NameFrames(&reader, photograph);
  AdoptUnregistered(photograph);
  if (const auto resident = platform::ResidentBytes(); resident.ok())
    photograph->rss_bytes = resident.value();
}

}  // namespace gmr::reporter

#include "photographer.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../platform/clock.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Between two looks at a thread that does not answer.
constexpr int64_t kLookEveryNs = 10 * kNsPerMs;
// Looks at which a thread must be asleep at the same place before it is given
// up. It was woken by the request: a thread that could answer would run.
constexpr int kLooksUntilStuck = 2;
// A thread that wants to run, but got less of the CPU than this during the
// grace, is starved rather than stuck, and gets up to kStarvedGraceNs.
constexpr double kStarvedShare = 0.4;
constexpr int64_t kStarvedGraceNs = 1000 * kNsPerMs;
// Event loops that turn this rarely are called blocked.
constexpr double kBlockedAfterMs = 200;
// V8 takes four of five interrupts during a storm of promise jobs between two of
// them, where there is no stack, or only Node's own part of it. Asked again and
// again, it is caught inside one.
constexpr int kMicrotaskRetries = 1000;
constexpr useconds_t kMicrotaskPauseUs = 20;
constexpr int64_t kMicrotaskRetriesNs = 100 * kNsPerMs;

// One isolate on its way into the photograph.
struct Subject {
  IsolatePhoto photo;
  std::shared_ptr<vm::Capture> capture;
  std::shared_ptr<vm::Capture> first_capture;  // when `capture` is a repeated question
  int looks_asleep = 0;
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
    subject->photo.os = std::move(status.value());
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

// Looks at a silent thread once more and gives it up when it sleeps at one
// place. `before` is from before it was asked.
void LookAgain(Subject* subject) {
  const auto now = platform::ReadThreadStatus(subject->photo.status.tid);
  if (!now.ok() || !subject->photo.os) return;
  const bool asleep = now.value().state != 'R';
  const bool same_place = asleep && now.value().syscall && now.value().syscall == subject->photo.os->syscall;
  subject->looks_asleep = same_place ? subject->looks_asleep + 1 : 0;
  if (subject->looks_asleep >= kLooksUntilStuck) subject->given_up = true;
}

// The CPU time that each runnable, silent thread has had.
class StarvationWatch {
 public:
  explicit StarvationWatch(const std::vector<Subject>& subjects) : begin_ns_(MonotonicNs()) {
    for (const Subject& subject : subjects) cpu_ms_.push_back(CpuMs(subject.photo.os));
  }

  // Whether `subject` (the one at `index`) wants the CPU and does not get it.
  bool Starved(const Subject& subject, size_t index) const {
    const auto now = platform::ReadThreadStatus(subject.photo.status.tid);
    if (!now.ok() || now.value().state != 'R') return false;
    const double had_ms = CpuMs(now.value()) - cpu_ms_[index];
    return had_ms < platform::MsBetween(begin_ns_, MonotonicNs()) * kStarvedShare;
  }

 private:
  static double CpuMs(const std::optional<platform::ThreadStatus>& os) {
    return os ? os->cpu_user_ms + os->cpu_system_ms : 0;
  }

  const int64_t begin_ns_;
  std::vector<double> cpu_ms_;
};

void WaitForAnswers(const Options& options, const std::function<bool()>& stop,
                    std::vector<Subject>* subjects) {
  const int64_t begin_ns = MonotonicNs();
  const int64_t grace_ns = begin_ns + options.interrupt_timeout_ms * kNsPerMs;
  const int64_t longest_ns = std::max(grace_ns, begin_ns + kStarvedGraceNs);
  const StarvationWatch watch(*subjects);

  for (;;) {
    const auto pending = PendingCaptures(*subjects);
    if (pending.empty() || stop()) return;
    const int64_t now_ns = MonotonicNs();
    vm::Capture::WaitForAll(pending, std::min(now_ns + kLookEveryNs, longest_ns), stop);
    const bool grace_over = MonotonicNs() >= grace_ns;
    for (size_t i = 0; i < subjects->size(); ++i) {
      Subject& subject = (*subjects)[i];
      if (!subject.pending()) continue;
      LookAgain(&subject);
      if (grace_over && (MonotonicNs() >= longest_ns || !watch.Starved(subject, i))) subject.given_up = true;
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
  if (empty && (!photo.os || photo.os->InEventPoll())) return IsolateState::kIdle;
  return photo.status.loop_stalled_ms >= kBlockedAfterMs ? IsolateState::kBlocked : IsolateState::kRunning;
}

std::string WhySilent(const IsolatePhoto& photo, double waited_ms) {
  char text[160];
  const bool asleep = photo.os && photo.os->state != 'R';
  std::snprintf(
      text, sizeof text, "no answer within %.0f ms: the thread is %s", waited_ms,
      asleep ? "blocked in a system call below native code" : "busy in native code that V8 cannot interrupt");
  return text;
}

void Conclude(int64_t asked_at_ns, bool stopped, Subject* subject) {
  IsolatePhoto& photo = subject->photo;
  if (photo.status.id == 0) {
    photo.state = IsolateState::kNotRegistered;
    photo.note = "gmr-native is not loaded in this worker, or not yet";
    return;
  }
  if (subject->capture != nullptr && subject->capture->Abandon()) {
    photo.state = IsolateState::kNotAnswering;
    ReadOs(subject);  // where it is now says more than where it was
    photo.note = stopped ? "no answer: the process is exiting"
                         : WhySilent(photo, platform::MsBetween(asked_at_ns, MonotonicNs()));
    return;
  }
  // Nothing is pending from here on: it answered or is gone.
  if (subject->capture == nullptr || subject->capture->state() == vm::Capture::State::kGone) {
    photo.state = IsolateState::kExited;
    photo.note = "it ended while the report was made";
    return;
  }
  vm::Answer answer = subject->capture->answer();
  if (subject->first_capture != nullptr) answer.heap = subject->first_capture->answer().heap;
  photo.state = StateOfAnswered(photo, answer.stack);
  photo.answer = std::move(answer);
}

void PhotographOthers(Photograph* photograph) {
  const auto tids = platform::ListThreads();
  if (!tids.ok()) return;
  for (const int tid : tids.value()) {
    const bool is_isolate = std::any_of(photograph->isolates.begin(), photograph->isolates.end(),
                                        [tid](const IsolatePhoto& photo) { return photo.status.tid == tid; });
    if (is_isolate) continue;
    // A thread that ended meanwhile is not there any more: nothing to tell.
    if (auto status = platform::ReadThreadStatus(tid); status.ok()) {
      photograph->other_threads.push_back(std::move(status.value()));
    }
  }
}

}  // namespace

void PhotographThreads(const Options& options, const std::function<bool()>& stop, Photograph* photograph) {
  std::vector<Subject> subjects;
  for (vm::IsolateStatus& status : vm::IsolateRegistry::Get().List()) {
    Subject& subject = subjects.emplace_back();
    subject.photo.status = std::move(status);
  }
  // Before anybody is asked: afterwards an idle thread would be seen awake.
  for (Subject& subject : subjects) ReadOs(&subject);

  const vm::Question question{options.max_frames, true, photograph->report_id, MonotonicNs()};
  AskAll(question, &subjects);
  WaitForAnswers(options, stop, &subjects);
  RetryMicrotaskStorms(question, stop, &subjects);

  for (Subject& subject : subjects) {
    Conclude(question.asked_at_ns, stop(), &subject);
    photograph->isolates.push_back(std::move(subject.photo));
  }
  photograph->stacks_after_ms = platform::MsBetween(photograph->trigger.at_ns, MonotonicNs());
  PhotographOthers(photograph);
  if (const auto resident = platform::ResidentBytes(); resident.ok())
    photograph->rss_bytes = resident.value();
}

}  // namespace gmr::reporter

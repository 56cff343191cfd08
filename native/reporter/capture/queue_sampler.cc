#include "queue_sampler.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "../../base/sleep.h"
#include "../../v8/isolate_registry.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// How long one thread is asked, for each of the two purposes.
constexpr int64_t kSampleNs = 40 * kNsPerMs;
// Each answer takes the thread some hundredths of a millisecond. One in ten is between two steps.
constexpr int kMostAnswers = 80;
// A step that has not ended by then does the blocking itself.
constexpr int kMostOfOneStep = 30;
// An answer with what is read of the code takes it some tenths of a millisecond.
constexpr int kMostWithCode = 20;
// So many steps have to end. One may be that of the callback before the only job that does not.
constexpr int kEnoughEnds = 2;
constexpr int64_t kLookNs = kNsPerMs / 20;
constexpr char kRunsQueues[] = "processTicksAndRejections";

bool RunsQueues(const vm::Frame& frame) {
  return !frame.is_user_code && frame.function_name == kRunsQueues && frame.file.starts_with("node:");
}

bool IsInQueue(const vm::StackCapture& stack) {
  return stack.running_microtasks || std::any_of(stack.frames.begin(), stack.frames.end(), &RunsQueues);
}

bool IsAt(const vm::FunctionStart& start, const vm::Frame& frame) {
  return start.line > 0 && start.line == frame.line && start.column == frame.column;
}

bool IsAtStart(const vm::Frame& frame) { return IsAt(frame.code.function_start, frame); }

// The function that a step began with; it may be one of Node's, which calls the application's again and
// again. nullptr: none, the thread is between two steps.
const vm::Frame* RootOf(const vm::StackCapture& stack) {
  const vm::Frame* root = nullptr;
  for (const vm::Frame& frame : stack.frames) {
    if (RunsQueues(frame)) break;
    if (frame.kind == vm::FrameKind::kJs || frame.kind == vm::FrameKind::kWasm) root = &frame;
  }
  return root;
}

// Innermost, of the application or a package.
bool HasLine(const vm::StackCapture& stack) {
  const auto first = std::find_if(stack.frames.begin(), stack.frames.end(),
                                  [](const vm::Frame& frame) { return frame.is_user_code; });
  return first != stack.frames.end() && first->code.script >= 0 && !IsAtStart(*first);
}

// Functions that may be the same count as such.
bool IsSameFunction(const vm::Frame& a, const vm::Frame& b) {
  return a.function_name == b.function_name && a.file == b.file;
}

// Whether the step that ran at the time of `before` had ended by that of `after`. A call of the same
// function that has only just begun is a new step; `first` is a stack that tells where its functions begin.
bool HasEnded(const vm::StackCapture& first, const vm::StackCapture& before, const vm::StackCapture& after) {
  const vm::Frame* root = RootOf(before);
  const vm::Frame* next = RootOf(after);
  if (root == nullptr || next == nullptr) return root != nullptr;
  const vm::Frame* known = RootOf(first);
  const bool has_begun =
      known != nullptr && IsSameFunction(*known, *next) && IsAt(known->code.function_start, *next);
  return has_begun || !IsSameFunction(*root, *next);
}

bool IsCandidate(const IsolatePhoto& photo) {
  return photo.state == IsolateState::kBlocked && photo.answered_at_ns != 0 && photo.stack &&
         photo.stack->method == vm::CaptureMethod::kInterrupt && photo.stack->cut_count == 0 &&
         IsInQueue(*photo.stack);
}

}  // namespace

QueueSampler::QueueSampler(vm::Question question, std::function<bool()> stop, Photograph* photograph)
    : question_(std::move(question)),
      short_question_(question_),
      stop_(std::move(stop)),
      photograph_(photograph) {
  question_.with_heap = short_question_.with_heap = false;
  question_.prefers_user_code = true;
  short_question_.own_frames = nullptr;
  short_question_.context_plan = nullptr;
}

void QueueSampler::Sample(std::vector<Subject>* subjects) {
  for (size_t i = 0; i < photograph_->isolates.size(); ++i) {
    IsolatePhoto& photo = photograph_->isolates[i];
    if (!IsCandidate(photo)) continue;
    const auto turns = vm::IsolateRegistry::Get().TurnsOf(photo.status.id);
    const BusyQueue queue = FindQueue(photo);
    if (queue == BusyQueue::kNone || vm::IsolateRegistry::Get().TurnsOf(photo.status.id) != turns) continue;
    photo.busy_queue = queue;
    if (photo.stack.has_value() && !HasLine(*photo.stack)) FindLine(&photo, &(*subjects)[i]);
  }
}

BusyQueue QueueSampler::FindQueue(const IsolatePhoto& photo) const {
  const int64_t deadline_ns = MonotonicNs() + kSampleNs;
  if (!photo.stack.has_value()) return BusyQueue::kNone;
  vm::StackCapture before = *photo.stack;
  bool has_jobs = before.running_microtasks;
  bool has_ticks = !has_jobs;
  int ends = 0;
  for (int i = 0; i < kMostAnswers && ends < kEnoughEnds; ++i) {
    if (ends == 0 && i >= kMostOfOneStep) break;
    const std::shared_ptr<vm::Capture> answer = Ask(photo.status.id, short_question_, deadline_ns);
    if (answer == nullptr || !IsInQueue(answer->answer().stack) || answer->answer().stack.cut_count > 0)
      break;
    const vm::StackCapture& stack = answer->answer().stack;
    if (HasEnded(*photo.stack, before, stack)) ++ends;
    (stack.running_microtasks ? has_jobs : has_ticks) = true;
    before = stack;
  }
  if (ends < kEnoughEnds) return BusyQueue::kNone;
  if (has_jobs && has_ticks) return BusyQueue::kBoth;
  return has_jobs ? BusyQueue::kPromiseJobs : BusyQueue::kTicks;
}

void QueueSampler::FindLine(IsolatePhoto* photo, Subject* subject) const {
  const int64_t deadline_ns = MonotonicNs() + kSampleNs;
  int with_code = 0;
  for (int i = 0; i < kMostAnswers && with_code < kMostWithCode; ++i) {
    const std::shared_ptr<vm::Capture> answer = Ask(photo->status.id, question_, deadline_ns);
    if (answer == nullptr) break;
    const vm::StackCapture& stack = answer->answer().stack;
    if (stack.HasUserCode()) ++with_code;
    if (!IsInQueue(stack) || !HasLine(stack)) continue;
    photo->stack = stack;
    photo->context = answer->answer().context;
    subject->capture = answer;
    return;
  }
  // Where it goes on is not known: the line must not look as if it were that.
  if (!photo->stack.has_value()) return;
  for (vm::Frame& frame : photo->stack->frames) {
    if (!frame.is_user_code) continue;
    if (IsAtStart(frame)) frame.quality = vm::FrameQuality::kFunction;
    return;
  }
}

// nullptr: there was no answer.
std::shared_ptr<vm::Capture> QueueSampler::Ask(uint64_t isolate, const vm::Question& question,
                                               int64_t deadline_ns) const {
  const std::shared_ptr<vm::Capture> capture = vm::Capture::Make(question, "");
  if (!vm::IsolateRegistry::Get().AskWhenItRuns(isolate, capture)) return nullptr;
  while (!capture->settled() && MonotonicNs() < deadline_ns && !stop_()) platform::SleepNs(kLookNs);
  if (!capture->settled()) vm::IsolateRegistry::Get().Withdraw(isolate);
  const bool is_answered =
      capture->state() == vm::Capture::State::kAnswered && !capture->answer().ran_out_of_memory;
  return is_answered ? capture : nullptr;
}

}  // namespace gmr::reporter

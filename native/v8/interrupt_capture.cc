#include "interrupt_capture.h"

#include <utility>

#include "../base/clock.h"
#include "../process/self_memory.h"
#include "../process/threads/proc_threads.h"
#include "../process/threads/thread_cpu.h"
#include "stack_walk.h"

namespace gmr::vm {

namespace {

// What all captures share. Leaked on purpose, as the registry.
struct Answers {
  platform::Monitor monitor;
  // Guarded by monitor:
  std::vector<std::shared_ptr<Capture>> late;
  std::function<void()> on_late;
};

Answers& SharedAnswers() {
  static auto* answers = new Answers;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see above
  return *answers;
}

// By the isolate's own thread, which stands still for it until `deadline_ns`.
GreenThreads ReadOwnHeap(const GreenThreadsQuestion& asked, const GreenThreadHeap& heap,
                         const GreenThreadLimits& limits, platform::Address loop, int64_t deadline_ns) {
  platform::SelfMemory self;
  // Too large for a stack.
  const auto census = std::make_unique<HeapCensus>(&self, &asked.layout, &asked.census);
  const auto count = [&](const HeapPageIndex& index) {
    // The other half of the time is for what the functions wait for, which is read afterwards.
    const int64_t now_ns = platform::MonotonicNs();
    const int64_t until_ns = now_ns + (deadline_ns - now_ns) / 2;
    census->Capture({heap.layout, heap.anchors, index, loop, until_ns, [] { return true; }});
    return CallbackHolders::Of(*census, &asked.census.rows);
  };
  GreenThreads found = CaptureGreenThreads(&self, asked.layout, heap, limits, count);
  if (found.status == GreenThreadStatus::kOk)
    found.census = std::make_shared<const CensusResult>(census->Take());
  return found;
}

}  // namespace

std::shared_ptr<Capture> Capture::Make(Question question, std::string thread_label) {
  return std::shared_ptr<Capture>(new Capture(std::move(question), std::move(thread_label)));
}

namespace {

void NoteQuiet(const Respondent& respondent, Answer* answer) {
  if (respondent.quiet == nullptr) return;
  if (!answer->stack.frames.empty()) return respondent.quiet->Ran();
  answer->quiet_since_ms = respondent.quiet->Answered(respondent.asked, respondent.now);
}

}  // namespace

void Capture::AnswerFrom(const std::shared_ptr<Capture>& capture, const Respondent& respondent) {
  const int64_t begun_at_ns = platform::MonotonicNs();
  const int tid = platform::CurrentThreadId();
  const int64_t cpu_ns = platform::ThreadCpuNs(tid);
  const Question& question = capture->question_;
  Answer answer;
  // A scan takes a while; nobody may want it any more. A stack is told late rather than never.
  const bool is_wanted = capture->Begin();
  if (question.green_threads != nullptr) {
    if (!is_wanted) return;
    const GreenThreadsQuestion& asked = *question.green_threads;
    const GreenThreadHeap heap = asked.model.ForIsolate(platform::OwnAddress(respondent.isolate),
                                                        asked.layout, TimerBaseOf(respondent.environment));
    GreenThreadLimits limits = asked.limits;
    limits.context = respondent.context.get();
    const int64_t deadline_ns = begun_at_ns + limits.max_ms * platform::kNsPerMs;
    answer.green_threads = ReadOwnHeap(asked, heap, limits, respondent.loop, deadline_ns);
  } else {
    answer.stack = WalkStack(respondent.isolate, question.max_frames);
    NoteQuiet(respondent, &answer);
    // Before anything else makes V8 move its objects.
    const bool is_whole = !question.prefers_user_code || answer.stack.HasUserCode();
    if (is_wanted && is_whole && question.own_frames != nullptr)
      DescribeOwnFrames(respondent.isolate, *question.own_frames, &answer.stack);
    if (is_wanted && question.context_plan != nullptr && !answer.stack.frames.empty())
      answer.context = ReadOwnContext(
          *question.context_plan, {platform::OwnAddress(respondent.isolate), respondent.environment.address},
          respondent.context.get());
    if (!answer.stack.frames.empty()) answer.machine_stack = platform::CopyOwnStack();
    if (question.with_heap) answer.heap = SampleHeap(respondent.isolate);
  }
  answer.answered_at_ns = platform::MonotonicNs();
  if (respondent.totals != nullptr) {
    respondent.totals->wall_ns += answer.answered_at_ns - begun_at_ns;
    respondent.totals->cpu_ns += platform::ThreadCpuNs(tid) - cpu_ns;
  }
  Settle(capture, State::kAnswered, std::move(answer));
}

void Capture::AnswerWithoutMemory(const std::shared_ptr<Capture>& capture) {
  Answer answer;
  answer.answered_at_ns = platform::MonotonicNs();
  answer.ran_out_of_memory = true;
  Settle(capture, State::kAnswered, std::move(answer));
}

void Capture::AnswerGone(const std::shared_ptr<Capture>& capture) { Settle(capture, State::kGone, {}); }

void Capture::Settle(const std::shared_ptr<Capture>& capture, State state, Answer answer) {
  Answers& shared = SharedAnswers();
  std::function<void()> tell;
  {
    const platform::Monitor::Lock lock(shared.monitor);
    if (capture->state_ != State::kPending) return;
    capture->answer_ = std::move(answer);
    capture->state_ = state;
    capture->settled_.store(true, std::memory_order_release);
    const bool is_stack = capture->question_.green_threads == nullptr;
    if (capture->abandoned_ && is_stack && state == State::kAnswered) {
      shared.late.push_back(capture);
      tell = shared.on_late;
    }
  }
  shared.monitor.NotifyAll();
  if (tell) tell();
}

Capture::State Capture::state() const {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  return state_;
}

bool Capture::begun() const {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  return begun_ || state_ != State::kPending;
}

bool Capture::Begin() {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  begun_ = !abandoned_;
  return begun_;
}

bool Capture::Abandon() {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  if (state_ != State::kPending) return false;
  abandoned_ = true;
  return true;
}

void Capture::WantAgain() {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  if (question_.green_threads != nullptr) abandoned_ = false;
}

void Capture::WaitForAll(const std::vector<std::shared_ptr<Capture>>& captures, int64_t deadline_ns,
                         const std::function<bool()>& stop) {
  size_t settled = 0;  // those before are settled for good, so each is looked at once
  platform::Monitor::Lock lock(SharedAnswers().monitor);
  lock.WaitUntil(deadline_ns, [&] {
    while (settled < captures.size() && captures[settled]->state_ != State::kPending) ++settled;
    return settled == captures.size() || stop();
  });
}

void Capture::NotifyWaiters() {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  SharedAnswers().monitor.NotifyAll();
}

void Capture::OnLateAnswer(std::function<void()> listener) {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  SharedAnswers().on_late = std::move(listener);
}

std::vector<std::shared_ptr<Capture>> Capture::TakeLateAnswers() {
  const platform::Monitor::Lock lock(SharedAnswers().monitor);
  return std::exchange(SharedAnswers().late, {});
}

}  // namespace gmr::vm

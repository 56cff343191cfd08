#include "loop_sampler.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "../../base/clock.h"
#include "../../base/sleep.h"
#include "../../process/threads/thread_cpu.h"
#include "../../v8/isolate_registry.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

constexpr int64_t kObserveNs = 5 * kNsPerMs / 2;
// For a loop that turned just before the question. A timer of 1 ms turns its loop several times in this time,
// also if others use the CPUs.
constexpr int64_t kObserveLongerNs = 20 * kNsPerMs;
constexpr double kJustBeforeMs = 4;
constexpr int64_t kLookNs = kNsPerMs / 2;
// More CPU time than any answer takes. A thread that never sleeps may get no more than this while it is
// observed, if it shares the CPUs with others.
constexpr int64_t kBusyNs = 2 * kNsPerMs;
// The report's own question turns a loop once.
constexpr uint64_t kOwnTurns = 1;
// How long loops that turn are asked, and how long when the report itself gets so little of the CPU that few
// answers came.
constexpr int64_t kSampleNs = 20 * kNsPerMs;
constexpr int64_t kLongestSampleNs = 40 * kNsPerMs;
constexpr int kFewAnswers = 4;
// Each answer costs the thread some 0.01 ms. V8 answers at the next call of a function, which in most turns
// is one of Node's own; more than one in ten is below user code.
constexpr int kMostAnswers = 100;
// Asked at once, V8 would answer at the same point again. From answer to answer the pause doubles, then
// begins anew, so that the whole of a turn is looked at.
constexpr int64_t kShortestPauseNs = 500;
constexpr int kPauses = 7;

// The next answer is wanted within the same turn of the loop, some microseconds after this one. To sleep
// would take longer.
void PauseCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

bool MayTurn(const IsolatePhoto& photo) {
  const bool wants_cpu = photo.os && photo.os->status.state == 'R';
  return wants_cpu || (photo.status.loop_stalled_ms >= 0 && photo.status.loop_stalled_ms < kJustBeforeMs);
}

LoopSampler::LoopSampler(vm::Question question, std::function<bool()> stop, Photograph* photograph)
    : question_(std::move(question)), stop_(std::move(stop)), photograph_(photograph) {
  question_.with_heap = false;
  question_.prefers_user_code = true;
  for (size_t i = 0; i < photograph_->isolates.size(); ++i) {
    const IsolatePhoto& photo = photograph_->isolates[i];
    const bool turns = photo.state == IsolateState::kIdle || photo.state == IsolateState::kRunning;
    if (!turns || photo.answered_at_ns == 0 || !photo.stack) continue;
    const auto count = vm::IsolateRegistry::Get().TurnsOf(photo.status.id);
    if (!count) continue;
    Loop& loop = loops_.emplace_back();
    loop.index = i;
    loop.turns = *count;
    loop.at_ns = MonotonicNs();
    loop.has_user_code = photo.stack->HasUserCode();
    if (photo.os) loop.cpu_ns = platform::ThreadCpuNs(photo.os->status.tid);
  }
}

// Where other threads were read meanwhile, the time is mostly over.
void LoopSampler::Observe() {
  for (const Loop& loop : loops_) {
    const int64_t end_ns = loop.at_ns + (MayTurn(PhotoOf(loop)) ? kObserveLongerNs : kObserveNs);
    LoopTurns turns;
    while (MonotonicNs() < end_ns && !stop_() && !CountTurns(loop, &turns)) platform::SleepNs(kLookNs);
  }
}

bool LoopSampler::CountTurns(const Loop& loop, LoopTurns* turns) {
  const auto count = vm::IsolateRegistry::Get().TurnsOf(PhotoOf(loop).status.id);
  if (!count || *count <= loop.turns + kOwnTurns) return false;
  *turns = {*count - loop.turns, platform::MsBetween(loop.at_ns, MonotonicNs())};
  return true;
}

bool LoopSampler::IsWorthAsking(Loop* loop) {
  LoopTurns turns;
  loop->turned = CountTurns(*loop, &turns);
  // A thread that is only in Node's own functions, or is between two callbacks and uses its CPU, is often
  // about to call functions of the application.
  const std::optional<vm::StackCapture>& stack = PhotoOf(*loop).stack;
  const bool is_in_node = stack && !stack->frames.empty();
  return loop->turned || (!loop->has_user_code && (is_in_node || UsesItsCpu(*loop)));
}

// Whether the thread has run for most of the time since it was first looked at, or for longer than an answer
// takes.
bool LoopSampler::UsesItsCpu(const Loop& loop) const {
  const IsolatePhoto& photo = PhotoOf(loop);
  if (!photo.os || loop.cpu_ns == 0) return false;
  const int64_t used_ns = platform::ThreadCpuNs(photo.os->status.tid) - loop.cpu_ns;
  return used_ns * 2 > MonotonicNs() - loop.at_ns || used_ns > kBusyNs;
}

void LoopSampler::Sample(std::vector<Subject>* subjects) {
  if (loops_.empty()) return;
  Observe();
  std::erase_if(loops_, [this](Loop& loop) { return !IsWorthAsking(&loop); });
  Ask();
  for (Loop& loop : loops_) Conclude(&loop, &(*subjects)[loop.index]);
}

void LoopSampler::Ask() {
  const int64_t begin_ns = MonotonicNs();
  bool wants_more = true;
  while (wants_more && !stop_()) {
    const int64_t asked_ns = MonotonicNs() - begin_ns;
    wants_more = false;
    for (Loop& loop : loops_) {
      const int64_t limit_ns = loop.turned && loop.answers < kFewAnswers ? kLongestSampleNs : kSampleNs;
      wants_more = (AskOnce(&loop) && asked_ns < limit_ns) || wants_more;
    }
    PauseCpu();
  }
  for (const Loop& loop : loops_) {
    if (loop.asked != nullptr) vm::IsolateRegistry::Get().Withdraw(PhotoOf(loop).status.id);
  }
}

// False: there is nothing to ask any more.
bool LoopSampler::AskOnce(Loop* loop) {
  if (loop->asked != nullptr && !loop->asked->settled()) return true;
  if (loop->asked != nullptr && !TakeAnswer(loop)) return false;
  if (loop->has_user_code || loop->answers >= kMostAnswers) return false;
  if (MonotonicNs() < loop->ask_at_ns) return true;
  if (loop->next == nullptr) loop->next = vm::Capture::Make(question_, "");
  if (!vm::IsolateRegistry::Get().AskWhenItRuns(PhotoOf(*loop).status.id, loop->next)) return false;
  loop->asked = std::exchange(loop->next, vm::Capture::Make(question_, ""));
  return true;
}

// False: there will be no other.
bool LoopSampler::TakeAnswer(Loop* loop) {
  const std::shared_ptr<vm::Capture> answered = std::exchange(loop->asked, nullptr);
  if (answered->state() != vm::Capture::State::kAnswered || answered->answer().ran_out_of_memory)
    return false;
  loop->ask_at_ns = MonotonicNs() + (kShortestPauseNs << loop->answers % kPauses);
  ++loop->answers;
  loop->has_user_code = answered->answer().stack.HasUserCode();
  if (loop->has_user_code || loop->best == nullptr) loop->best = answered;
  return true;
}

void LoopSampler::Conclude(Loop* loop, Subject* subject) {
  IsolatePhoto& photo = PhotoOf(*loop);
  LoopTurns turns;
  if (CountTurns(*loop, &turns)) photo.loop_turns = turns;
  const bool is_better = loop->best != nullptr && !loop->best->answer().stack.frames.empty();
  if (!is_better || !photo.stack || (!loop->has_user_code && !photo.stack->frames.empty())) return;
  photo.state = IsolateState::kRunning;
  photo.stack = loop->best->answer().stack;
  photo.context = loop->best->answer().context;
  subject->capture = loop->best;
  if (!photo.loop_turns) return;
  char note[160];
  std::snprintf(note, sizeof note,
                "its event loop turned %llu times in %.1f ms; the stack is that of one of these turns",
                static_cast<unsigned long long>(turns.count), turns.during_ms);
  photo.note = note;
}

}  // namespace gmr::reporter

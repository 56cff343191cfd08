// Capture: one question to one isolate, and its answer, early, late or never.
//
// Owns:        the answer.
// Threads:     AnswerFrom() on the isolate's thread; the rest on the reporter's.
//              All captures share one monitor, so that the reporter can wait
//              for all of them at once.
// Signal-safe: no.
// Lifetime:    shared: an answer may come long after the report that asked,
//              and must find its place still there.
#ifndef GMR_NATIVE_V8_INTERRUPT_CAPTURE_H_
#define GMR_NATIVE_V8_INTERRUPT_CAPTURE_H_

#include <v8.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../base/monitor.h"
#include "../base/quiet_loop.h"
#include "../image/census/heap_census.h"
#include "../image/stack/frame.h"
#include "../process/sockets/own_fds.h"
#include "../process/threads/stack_copy.h"
#include "heap_model.h"
#include "heap_sample.h"
#include "own_context.h"
#include "own_frames.h"
#include "timer_base.h"

namespace gmr::vm {

// Where to look for suspended functions, and how far. Plain numbers, which outlive the report.
struct GreenThreadsQuestion {
  HeapModel model;
  Layout layout;
  // Its `wanted` and `rows` are nullptr or point to those below.
  GreenThreadLimits limits;
  WantedValues wanted;
  ContextRows rows;
  // `census.fds` is nullptr or points to `fds` below.
  CensusQuestion census;
  platform::OwnFds fds;
};

struct Question {
  int max_frames = 200;
  bool with_heap = true;
  std::string report_id;
  int64_t asked_at_ns = 0;
  // How to read what V8 does not tell of a stack; nullptr: not to be read.
  std::shared_ptr<const OwnFramesPlan> own_frames = nullptr;
  // How to read the context of what runs; nullptr: not to be read.
  std::shared_ptr<const ContextPlan> context_plan = nullptr;
  // Whether a stack without user code is enough without what takes long to read.
  bool prefers_user_code = false;
  // When it is there, it is the whole question: the stack was asked for before.
  std::shared_ptr<const GreenThreadsQuestion> green_threads = nullptr;
};

// What the thread of one isolate has spent on answers so far, in interrupts.
struct SpentOnAnswers {
  int64_t wall_ns = 0;
  int64_t cpu_ns = 0;  // 0 where the system does not tell
};

// As SpentOnAnswers. Written by the thread of the isolate.
struct AnswerTotals {
  std::atomic<int64_t> wall_ns{0};
  std::atomic<int64_t> cpu_ns{0};

  SpentOnAnswers Load() const { return {wall_ns.load(), cpu_ns.load()}; }
};

// Of the isolate, what an answer needs.
struct Respondent {
  v8::Isolate* isolate = nullptr;
  EnvironmentPlace environment;
  platform::Address loop;  // uv_loop_t
  // nullptr: no AsyncLocalStorage is to be read.
  std::shared_ptr<const AsyncContextQuery> context;
  // Grow by what an answer took, before it is given.
  AnswerTotals* totals = nullptr;
  // nullptr for a question that does not wake the loop.
  platform::QuietLoop* quiet = nullptr;
  platform::LoopPast asked;
  platform::LoopPast now;
};

struct Answer {
  StackCapture stack;
  platform::StackCopy machine_stack;  // when `stack` has frames
  ThreadContext context;              // of the code that `stack` shows
  HeapSample heap;
  GreenThreads green_threads;
  int64_t answered_at_ns = 0;
  // When the loop began to wait, by its own clock; -1: it did not wait when it was asked.
  int64_t quiet_since_ms = -1;
  // True when memory ran out before the answer was complete; the rest is empty.
  bool ran_out_of_memory = false;
};

class Capture {
 public:
  enum class State { kPending, kAnswered, kGone };

  // `thread_label` is for people, as "worker 3".
  static std::shared_ptr<Capture> Make(Question question, std::string thread_label);
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // On the isolate's thread, inside the interrupt. The first answer counts.
  static void AnswerFrom(const std::shared_ptr<Capture>& capture, const Respondent& respondent);
  // The same, when memory ran out in it.
  static void AnswerWithoutMemory(const std::shared_ptr<Capture>& capture);
  // The environment ended before it could answer.
  static void AnswerGone(const std::shared_ptr<Capture>& capture);

  State state() const;
  // Whether it is no longer pending. Cheap, for a thread that waits for microseconds only.
  bool settled() const { return settled_.load(std::memory_order_acquire); }
  // Only after kAnswered, which is final.
  const Answer& answer() const { return answer_; }
  const Question& question() const { return question_; }
  const std::string& thread_label() const { return thread_label_; }

  // Whether the thread is at work on its answer, or has given it.
  bool begun() const;

  // The report does without it: a late stack is kept for TakeLateAnswers().
  // False when the answer came just now after all.
  bool Abandon();

  // Another report asks the same before the answer came. A stack counts as late
  // for the first report nevertheless.
  void WantAgain();

  // Waits until every one of `captures` is answered, `stop` returns true or the
  // deadline passes. `stop` is called with the shared monitor held: it must be quick.
  static void WaitForAll(const std::vector<std::shared_ptr<Capture>>& captures, int64_t deadline_ns,
                         const std::function<bool()>& stop);
  // Lets WaitForAll look at `stop` again.
  static void NotifyWaiters();

  // Answers that came after their report had given up, and whom to tell.
  static void OnLateAnswer(std::function<void()> listener);
  static std::vector<std::shared_ptr<Capture>> TakeLateAnswers();

 private:
  Capture(Question question, std::string thread_label)
      : question_(std::move(question)), thread_label_(std::move(thread_label)) {}
  // False: nobody wants the answer any more.
  bool Begin();
  static void Settle(const std::shared_ptr<Capture>& capture, State state, Answer answer);

  const Question question_;
  const std::string thread_label_;
  std::atomic<bool> settled_{false};
  // Guarded by the shared monitor:
  State state_ = State::kPending;
  bool begun_ = false;
  bool abandoned_ = false;
  Answer answer_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_INTERRUPT_CAPTURE_H_

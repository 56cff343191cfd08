// LoopSampler: finds event loops that turn by themselves all the time, and what runs in their turns.
//
// Owns:        what it saw of the loops.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one for each report.
//
// A loop that setImmediate() keeps awake, or a timer of 1 ms, has no JavaScript on its stack most of the
// time, so the first question finds it idle. Its counter of turns gives it away. Then it is asked again, a
// few times, without being woken: the answer is the stack of JavaScript that runs by itself. The same is done
// with a thread that was met in Node's own functions only, or between two callbacks while it uses its CPU.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_LOOP_SAMPLER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_LOOP_SAMPLER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "../../v8/interrupt_capture.h"
#include "../model/photograph.h"
#include "subject.h"

namespace gmr::reporter {

// Whether the loop turned just before it was asked, or its thread ran.
bool MayTurn(const IsolatePhoto& photo);

class LoopSampler {
 public:
  // Looks at the loops of those isolates of the photograph that answered.
  LoopSampler(vm::Question question, std::function<bool()> stop, Photograph* photograph);
  LoopSampler(const LoopSampler&) = delete;
  LoopSampler& operator=(const LoopSampler&) = delete;

  // Looks again, and asks those that turned. `subjects` are those of the isolates, in the same order.
  void Sample(std::vector<Subject>* subjects);

 private:
  struct Loop {
    size_t index = 0;  // of the isolate
    uint64_t turns = 0;
    int64_t at_ns = 0;
    bool has_user_code = false;         // on the stack that is known
    int64_t cpu_ns = 0;                 // of the thread, at `at_ns`
    std::shared_ptr<vm::Capture> next;  // made before it is needed, which is in a hurry
    std::shared_ptr<vm::Capture> asked;
    std::shared_ptr<vm::Capture> best;
    bool turned = false;
    int answers = 0;
    int64_t ask_at_ns = 0;  // not before
  };

  IsolatePhoto& PhotoOf(const Loop& loop) const { return photograph_->isolates[loop.index]; }
  void Observe();
  // False: no more than the report itself causes.
  bool CountTurns(const Loop& loop, LoopTurns* turns);
  bool IsWorthAsking(Loop* loop);
  bool UsesItsCpu(const Loop& loop) const;
  void Ask();
  bool AskOnce(Loop* loop);
  bool TakeAnswer(Loop* loop);
  void Conclude(Loop* loop, Subject* subject);

  vm::Question question_;
  const std::function<bool()> stop_;
  Photograph* const photograph_;
  std::vector<Loop> loops_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_LOOP_SAMPLER_H_

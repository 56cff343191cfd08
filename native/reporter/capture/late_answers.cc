#include "late_answers.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../../base/sleep.h"

namespace gmr::reporter {

namespace {

using platform::MonotonicNs;

// JavaScript answers after some microseconds of its own time.
constexpr int64_t kLateNs = 200'000;
constexpr int kLooks = 3;
// Between two looks, so that they do not follow the turns of a loop.
constexpr int64_t kLeastPauseNs = 300'000;
constexpr int64_t kPauseSpreadNs = 1'000'000;
// For all threads of a report.
constexpr int64_t kLongestNs = 30 * platform::kNsPerMs;

// Without the time that the answer itself took.
int64_t WaitedNs(const Subject& subject, const vm::Answer& first, int64_t asked_at_ns) {
  const vm::IsolateStatus& status = subject.photo.status;
  const auto spent = vm::IsolateRegistry::Get().SpentOf(status.id);
  return first.answered_at_ns - asked_at_ns - (spent ? spent->wall_ns - status.spent.wall_ns : 0);
}

const vm::Frame* InnermostOfUser(const vm::StackCapture& stack) {
  const auto found = std::find_if(stack.frames.begin(), stack.frames.end(),
                                  [](const vm::Frame& frame) { return frame.is_user_code; });
  return found == stack.frames.end() ? nullptr : &*found;
}

// Whether the stack that was read is worth more than the answer, in which the lines are always exact.
bool TellsMore(const vm::StackCapture& read, const vm::StackCapture& answered) {
  const vm::Frame* now = InnermostOfUser(read);
  const vm::Frame* later = InnermostOfUser(answered);
  if (now == nullptr) return false;
  if (now->quality == vm::FrameQuality::kExact || later == nullptr) return true;
  return now->function_name != later->function_name || now->file != later->file;
}

bool WasLate(const Subject& subject, int64_t asked_at_ns) {
  const auto& first = subject.first_capture != nullptr ? subject.first_capture : subject.capture;
  if (subject.silent == nullptr || first == nullptr ||
      subject.capture->state() != vm::Capture::State::kAnswered)
    return false;
  const vm::Answer& answer = subject.capture->answer();
  const bool runs = subject.photo.os && subject.photo.os->status.state == 'R';
  return runs && !answer.ran_out_of_memory && !answer.stack.frames.empty() &&
         WaitedNs(subject, first->answer(), asked_at_ns) > kLateNs;
}

}  // namespace

void LookAgainAtLate(int64_t asked_at_ns, const std::function<bool()>& stop, std::vector<Subject>* subjects) {
  const int64_t deadline_ns = MonotonicNs() + kLongestNs;
  for (Subject& subject : *subjects) {
    if (!WasLate(subject, asked_at_ns)) continue;
    // One that waited for a CPU answers late too.
    subject.silent->LookAgain();
    if (subject.silent->IsStarved()) continue;
    for (int look = 0; look < kLooks && !subject.was_met_in_native_code; ++look) {
      if (stop() || MonotonicNs() > deadline_ns) return;
      platform::SleepNs(kLeastPauseNs + MonotonicNs() % kPauseSpreadNs);
      if (!subject.silent->MeetInNativeCode(&subject.photo.also_held_ms)) continue;
      const vm::StackCapture& read = subject.silent->taken()->stack;
      subject.was_met_in_native_code = TellsMore(read, subject.capture->answer().stack);
      if (!subject.was_met_in_native_code) subject.photo.also_held_ms += read.held_ms;
    }
  }
}

}  // namespace gmr::reporter

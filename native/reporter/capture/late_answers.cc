#include "late_answers.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../../base/sleep.h"

namespace gmr::reporter {

namespace {

using platform::MonotonicNs;

// JavaScript answers after some microseconds of its own time.
constexpr int64_t kLateNs = 400'000;
constexpr int kLooks = 2;
// Between two looks, so that they do not follow the turns of a loop.
constexpr int64_t kLeastPauseNs = 300'000;
constexpr int64_t kPauseSpreadNs = 1'000'000;

bool WasLate(const Subject& subject, int64_t asked_at_ns) {
  const auto& first = subject.first_capture != nullptr ? subject.first_capture : subject.capture;
  if (subject.silent == nullptr || first == nullptr ||
      subject.capture->state() != vm::Capture::State::kAnswered)
    return false;
  const vm::Answer& answer = subject.capture->answer();
  const bool runs = subject.photo.os && subject.photo.os->status.state == 'R';
  return runs && !answer.ran_out_of_memory && !answer.stack.frames.empty() &&
         first->answer().answered_at_ns - asked_at_ns > kLateNs;
}

}  // namespace

void LookAgainAtLate(int64_t asked_at_ns, const std::function<bool()>& stop, std::vector<Subject>* subjects) {
  for (Subject& subject : *subjects) {
    if (!WasLate(subject, asked_at_ns)) continue;
    for (int look = 0; look < kLooks && !subject.was_met_in_native_code && !stop(); ++look) {
      platform::SleepNs(kLeastPauseNs + MonotonicNs() % kPauseSpreadNs);
      subject.was_met_in_native_code = subject.silent->MeetInNativeCode(&subject.photo.also_held_ms);
    }
  }
}

}  // namespace gmr::reporter

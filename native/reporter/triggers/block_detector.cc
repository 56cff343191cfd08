#include "block_detector.h"

#include <algorithm>

namespace gmr::reporter {

namespace {

// On a busy machine a loop that is blocked gets only part of the CPU, and waiting
// until it has had the whole threshold would take several times as long. A loop
// that is merely starved has far less time of its own between two turns.
constexpr int64_t CountedEnough(int64_t threshold_ns) { return threshold_ns / 2; }

}  // namespace

int64_t BlockDetector::Credit(const LoopLook& look, int64_t since_ns) const {
  if (look.late || look.stopped) return 0;
  const int64_t elapsed_ns = look.at_ns - since_ns;
  const int64_t counted_ns =
      look.runnable ? look.cpu_ns - last_.cpu_ns : elapsed_ns - (look.delay_ns - last_.delay_ns);
  return std::clamp<int64_t>(counted_ns, 0, elapsed_ns);
}

void BlockDetector::Begin(const LoopLook& look, int64_t at_ns) {
  busy_ = true;
  told_ = false;
  begin_ns_ = at_ns;
  own_ns_ = Credit(look, at_ns);
  stood_still_ns_ = look.late ? look.at_ns - at_ns : 0;
}

void BlockDetector::Resume(int64_t now_ns) { last_.at_ns = std::max(last_.at_ns, now_ns); }

void BlockDetector::Dismiss() {
  busy_ = false;
  told_ = false;
}

BlockDetector::Verdict BlockDetector::Look(const LoopLook& look) {
  Verdict verdict = Verdict::kNothing;
  // Its last turn, as far as that lies between the two looks.
  const int64_t turned_ns = std::clamp(look.at_ns - look.stalled_ns, last_.at_ns, look.at_ns);
  if (!has_last_ || look.turns == 0) {
    busy_ = false;
  } else if (look.idle || look.turns != last_.turns) {
    if (busy_ && told_) {
      end_ns_ = turned_ns;
      verdict = Verdict::kEnded;
    }
    busy_ = false;
    if (!look.idle && verdict == Verdict::kNothing) Begin(look, turned_ns);
  } else if (!busy_) {
    Begin(look, turned_ns);
  } else {
    own_ns_ += Credit(look, last_.at_ns);
    if (look.late) stood_still_ns_ += look.at_ns - last_.at_ns;
  }
  if (busy_) {
    end_ns_ = look.at_ns;
    const bool blocked = own_ns_ >= CountedEnough(threshold_ns_) && blocked_ns() >= threshold_ns_;
    if (blocked && !told_) {
      told_ = true;
      verdict = Verdict::kBlocked;
    }
  }
  last_ = look;
  has_last_ = true;
  return verdict;
}

}  // namespace gmr::reporter

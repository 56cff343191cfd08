// BlockDetector: decides from looks at one event loop whether it is blocked.
//
// Owns:        what the last look saw, and the block that is under way.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    plain object. Pure: it reads no clock and no file.
//
// Not blocked is a loop that waits for events, that was never started, whose
// thread is stopped, or whose thread wants to run but gets no CPU: for half of
// the threshold it must have run, or slept elsewhere than in its loop. Looks that
// came late do not count: then the machine or the process stood still.
#ifndef GMR_NATIVE_REPORTER_TRIGGERS_BLOCK_DETECTOR_H_
#define GMR_NATIVE_REPORTER_TRIGGERS_BLOCK_DETECTOR_H_

#include <cstdint>

namespace gmr::reporter {

struct LoopLook {
  int64_t at_ns = 0;
  bool late = false;       // much later than intended
  uint64_t turns = 0;      // iterations of the loop
  int64_t stalled_ns = 0;  // by the loop's own clock
  bool idle = false;       // its thread waits for events
  bool runnable = false;
  bool stopped = false;
  int64_t cpu_ns = 0;    // that its thread ran
  int64_t delay_ns = 0;  // that its thread waited for a CPU
};

class BlockDetector {
 public:
  enum class Verdict { kNothing, kBlocked, kEnded };

  explicit BlockDetector(int64_t threshold_ns) : threshold_ns_(threshold_ns) {}

  // kBlocked once per block; kEnded once after each kBlocked.
  Verdict Look(const LoopLook& look);

  // The verdict was wrong: what looked like a block is none.
  void Dismiss();

  // Of the block that is under way, or that has just ended.
  int64_t blocked_ns() const { return end_ns_ - begin_ns_ - stood_still_ns_; }
  int64_t begin_ns() const { return begin_ns_; }
  // A block is under way that Look() has reported.
  bool is_blocked() const { return busy_ && told_; }

  // Since the last look nobody looked for a good reason: the next look counts from here.
  void Resume(int64_t now_ns);

 private:
  void Begin(const LoopLook& look, int64_t at_ns);
  int64_t Credit(const LoopLook& look, int64_t since_ns) const;

  const int64_t threshold_ns_;
  bool has_last_ = false;
  LoopLook last_;
  // The block, or what may become one:
  bool busy_ = false;
  bool told_ = false;
  int64_t begin_ns_ = 0;
  int64_t end_ns_ = 0;
  int64_t own_ns_ = 0;          // what counts
  int64_t stood_still_ns_ = 0;  // late looks
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_TRIGGERS_BLOCK_DETECTOR_H_

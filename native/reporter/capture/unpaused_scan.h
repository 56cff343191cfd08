// UnpausedScan: reads the suspended functions of isolates whose threads go on meanwhile.
//
// Owns:        the work space of one reader, and a shared first look at all isolates.
// Threads:     FirstLook: made on one of the reporter's threads, then read by all readers. An UnpausedScan
// serves
//              one thread.
// Signal-safe: no.
// Lifetime:    of a report.
//
// V8 counts its collections. If none moved old objects while the heap was read, what was found is right, and
// what is shown is proved once more (async_proof.h). Otherwise another look is taken. If the isolate's thread
// did not run at all, nothing needs a proof, and it is also certain what there is not.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_SCAN_H_
#define GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_SCAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "../../image/scan/gc_epoch.h"
#include "../../process/self_memory.h"
#include "../../process/threads/passive_probe.h"
#include "../../v8/interrupt_capture.h"
#include "../../v8/isolate_registry.h"

namespace gmr::reporter {

struct UnpausedJob {
  const vm::GreenThreadsQuestion& question;
  // Of the analysis as a whole.
  int64_t deadline_ns = 0;
  std::function<bool()> stop;
  // Whether a large heap may be read with a second thread.
  bool may_split = false;
};

// What must be known of an isolate before its pages are listed.
struct LookBefore {
  vm::GreenThreadHeap heap;
  vm::GcEpoch epoch;
  platform::ThreadPlace place;
  bool is_watched = false;  // the epoch could be read
};

// The pages of all isolates, found in one pass.
class FirstLook {
 public:
  FirstLook(const UnpausedJob& job, std::span<const vm::IsolateStatus* const> isolates);

  const LookBefore& before(size_t isolate) const { return before_[isolate]; }
  // nullptr: `problem` says why.
  const vm::HeapPageIndex* index() const { return problem_.empty() ? index_.get() : nullptr; }
  const std::string& problem() const { return problem_; }

 private:
  platform::SelfMemory self_;
  platform::MemoryReader memory_{&self_};
  std::vector<LookBefore> before_;
  std::unique_ptr<vm::HeapPageIndex> index_;
  std::string problem_;
};

class UnpausedScan {
 public:
  explicit UnpausedScan(const UnpausedJob& job);

  // Isolate number `number` of the first look, and as many further looks at it as it takes. kUnavailable: the
  // garbage collector was at work each time, or there is no time left.
  vm::GreenThreads Read(const vm::IsolateStatus& isolate, const FirstLook& first, size_t number);
  // Whether young objects were moved beside the last look, which was proved.
  bool collected_young() const { return collected_young_; }

 private:
  enum class Look : uint8_t { kAtRest, kProved, kCollected };

  Look TakeLook(const vm::IsolateStatus& isolate, const LookBefore& before, const vm::HeapPageIndex& index);
  Look LookAgain(const vm::IsolateStatus& isolate);
  vm::GreenThreads Take(vm::HeapReading reading);
  bool AwaitRest(const vm::IsolateStatus& isolate) const;
  bool IsTimeLeft(int64_t needed_ns) const;
  vm::GreenThreadLimits LimitsFor(const vm::IsolateStatus& isolate) const;

  const UnpausedJob& job_;
  platform::SelfMemory self_;
  platform::MemoryReader memory_{&self_};
  // Too large for a stack.
  std::unique_ptr<vm::GreenThreadScan> scan_;
  std::unique_ptr<vm::HeapCensus> census_;
  bool collected_young_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_UNPAUSED_SCAN_H_

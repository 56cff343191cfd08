#include "outside_scan.h"

#include <algorithm>
#include <string>

#include "../../base/clock.h"
#include "../../base/sleep.h"
#include "../../image/green/gc_epoch.h"
#include "../../v8/heap_trial.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

constexpr int kMostLooks = 3;
// Time limit for all attempts together; the first one is always made.
constexpr int64_t kAllLooksNs = 500 * kNsPerMs;
// Pause before another attempt, so that a running collection can end.
constexpr int64_t kRestNs = 100 * kNsPerMs;
constexpr const char* kAtWork = "the garbage collector was at work";
constexpr const char* kMoved = "V8 moved objects while the heap was read";

vm::GreenThreads Unavailable(std::string reason) {
  vm::GreenThreads none;
  none.reason = std::move(reason);
  return none;
}

class Looks {
 public:
  Looks(const OutsideScan& scan, const vm::IsolateStatus& status) : scan_(scan), status_(status) {}

  vm::GreenThreads Run() {
    const int64_t end_ns = std::min(scan_.deadline_ns, MonotonicNs() + kAllLooksNs);
    for (int look = 0; look < kMostLooks && !scan_.stop(); ++look) {
      if (look > 0 && MonotonicNs() > end_ns) break;
      vm::GcEpoch before;
      if (!AwaitRest(&before)) continue;
      // The anchors of the heap and the list of mappings are read after the first look at the counters:
      // earlier ones may belong to memory that a collection has freed since.
      const vm::GreenThreadHeap heap = Heap();
      if (!heap.problem.empty()) return Unavailable(heap.problem);
      vm::GreenThreads found = vm::CaptureGreenThreads(scan_.question.layout, heap, Limits());
      vm::GcEpoch after;
      if (!Read(heap, &after) || !after.at_rest() || after.full_count != before.full_count) continue;
      if (after != before) Distrust(&found);
      return found;
    }
    return Unavailable(kAtWork);
  }

 private:
  vm::GreenThreadHeap Heap() const {
    return scan_.question.model.ForIsolate(status_.isolate, scan_.question.layout,
                                           vm::TimerBaseOf(status_.environment));
  }

  vm::GreenThreadLimits Limits() const {
    vm::GreenThreadLimits limits = scan_.question.limits;
    limits.context = status_.context.get();
    limits.from_outside = true;
    return limits;
  }

  bool Read(const vm::GreenThreadHeap& heap, vm::GcEpoch* epoch) {
    return vm::ReadGcEpoch(&memory_, heap.layout, heap.anchors.heap, epoch);
  }

  // The counters are read twice in a row, in case a collection counts itself shortly before its state shows
  // it.
  bool AwaitRest(vm::GcEpoch* epoch) {
    const vm::GreenThreadHeap heap = Heap();
    const int64_t end_ns = std::min(scan_.deadline_ns, MonotonicNs() + kRestNs);
    vm::GcEpoch last;
    while (Read(heap, epoch)) {
      if (epoch->at_rest() && last.at_rest() && epoch->full_count == last.full_count) return true;
      if (MonotonicNs() > end_ns || scan_.stop()) return false;
      last = *epoch;
      platform::SleepNs(platform::kNsPerMs);
    }
    return false;
  }

  // Young objects were moved. Old functions and their callers are right. What holds a promise is omitted,
  // because it is found through many objects, some of them young.
  static void Distrust(vm::GreenThreads* found) {
    found->collected_young = true;
    found->labels_skipped = kMoved;
    if (!found->context_skipped.empty() || HasContext(*found)) found->context_skipped = kMoved;
    for (vm::GreenThreadGroup& group : found->groups) {
      group.waits_for = platform::Unmasked();
      group.context.clear();
      for (vm::AsyncFrame& frame : group.frames) {
        if (frame.is_code_young) frame.code = vm::CodeText();
      }
    }
  }

  static bool HasContext(const vm::GreenThreads& found) {
    return std::any_of(found.groups.begin(), found.groups.end(),
                       [](const vm::GreenThreadGroup& group) { return !group.context.empty(); });
  }

  const OutsideScan& scan_;
  const vm::IsolateStatus& status_;
  platform::MemoryReader memory_;
};

}  // namespace

vm::GreenThreads ScanFromOutside(const OutsideScan& scan, const vm::IsolateStatus& status) {
  std::string problem = scan.question.model.gc_problem();
  // A table is tested after the first scan, before anything of that is printed.
  if (problem.empty() && vm::GcEpochProblem() != vm::kNotTried) problem = vm::GcEpochProblem();
  if (!problem.empty()) return Unavailable(kCannotBeWatched + problem);
  return Looks(scan, status).Run();
}

}  // namespace gmr::reporter

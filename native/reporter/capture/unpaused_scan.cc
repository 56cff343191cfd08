#include "unpaused_scan.h"

#include <algorithm>
#include <string>

#include "../../base/clock.h"
#include "../../base/sleep.h"
#include "../../process/proc_maps.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;
using platform::PlaceState;

constexpr int kMostLooks = 3;
// Pause before another look, so that a running collection can end.
constexpr int64_t kCollectionNs = 20 * kNsPerMs;
// So long, a thread that runs is given the time to end its turn before a heap is looked at once more.
constexpr int64_t kTurnNs = 3 * kNsPerMs;
constexpr int64_t kPollNs = kNsPerMs / 4;
// A heap that took longer is not read again only to say more of it.
constexpr int64_t kCheapLookNs = 100 * kNsPerMs;
constexpr const char* kAtWork = "the garbage collector was at work";
constexpr const char* kTooMuch = "the process has more memory than gmr-native examines";

vm::GreenThreads Unavailable(std::string reason) {
  vm::GreenThreads none;
  none.reason = std::move(reason);
  return none;
}

// The counters are read twice in a row, in case a collection counts itself shortly before its state shows it.
bool AwaitNoCollection(const UnpausedJob& job, const vm::GreenThreadHeap& heap,
                       platform::MemoryReader* memory, int64_t until_ns, vm::GcEpoch* epoch) {
  vm::GcEpoch last;
  while (vm::ReadGcEpoch(memory, heap.layout, heap.anchors.heap, epoch)) {
    if (epoch->at_rest() && *epoch == last) return true;
    if ((!epoch->at_rest() && MonotonicNs() > until_ns) || job.stop()) return false;
    if (!epoch->at_rest()) platform::SleepNs(kPollNs);
    last = *epoch;
  }
  return false;
}

// The anchors of the heap and the list of mappings are read after the first look at the counters: earlier
// ones may belong to memory that a collection has freed since.
LookBefore Prepare(const UnpausedJob& job, const vm::IsolateStatus& isolate, platform::MemoryReader* memory,
                   int64_t until_ns) {
  LookBefore before;
  const auto read_heap = [&] {
    return job.question.model.ForIsolate(isolate.isolate, job.question.layout,
                                         vm::TimerBaseOf(isolate.environment));
  };
  before.heap = read_heap();
  if (!before.heap.problem.empty()) return before;
  before.is_watched = AwaitNoCollection(job, before.heap, memory, until_ns, &before.epoch);
  before.place = platform::ReadThreadPlace(isolate.tid);
  before.heap = read_heap();
  return before;
}

bool IsAtRest(const vm::IsolateStatus& isolate) {
  return platform::ReadThreadPlace(isolate.tid).state == PlaceState::kBlocked;
}

// The source of code that was young may have been moved while it was read.
void DropYoungCode(vm::GreenThreads* found) {
  found->collected_young = true;
  for (vm::GreenThreadGroup& group : found->groups) {
    for (vm::AsyncFrame& frame : group.frames) {
      if (frame.is_code_young) frame.code = vm::CodeText();
    }
  }
}

// A look beside which no young objects were moved; else the one that lost fewer of them.
bool IsBetter(const vm::GreenThreads& found, const vm::GreenThreads& best) {
  if (best.status != vm::GreenThreadStatus::kOk || found.status != vm::GreenThreadStatus::kOk)
    return best.status != vm::GreenThreadStatus::kOk;
  if (found.collected_young != best.collected_young) return best.collected_young;
  return found.threads_gone <= best.threads_gone;
}

std::unique_ptr<vm::HeapPageIndex> FindPages(const UnpausedJob& job, std::span<const LookBefore> isolates,
                                             platform::MemoryReader* memory, std::string* problem) {
  const auto maps = platform::ProcMaps::Read();
  if (!maps.ok()) {
    *problem = maps.error().ToString();
    return nullptr;
  }
  memory->Forget();
  // Where pages note their heap is the same in all isolates.
  auto index = std::make_unique<vm::HeapPageIndex>(memory, &isolates.front().heap.layout);
  bool has_room = true;
  for (const LookBefore& isolate : isolates) {
    if (isolate.heap.problem.empty()) has_room = has_room && index->Add(isolate.heap.anchors.heap);
  }
  if (has_room && index->Collect(maps.value())) return index;
  *problem = kTooMuch;
  return nullptr;
}

}  // namespace

FirstLook::FirstLook(const UnpausedJob& job, std::span<const vm::IsolateStatus* const> isolates) {
  // All together: the others would wait for one that collects.
  const int64_t until_ns = std::min(job.deadline_ns, MonotonicNs() + kCollectionNs);
  before_.reserve(isolates.size());
  for (const vm::IsolateStatus* isolate : isolates)
    before_.push_back(Prepare(job, *isolate, &memory_, until_ns));
  index_ = FindPages(job, before_, &memory_, &problem_);
}

UnpausedScan::UnpausedScan(const UnpausedJob& job)
    : job_(job),
      scan_(std::make_unique<vm::GreenThreadScan>(&self_, &job.question.layout)),
      census_(std::make_unique<vm::HeapCensus>(&self_, &job.question.layout, &job.question.census)) {}

vm::GreenThreadLimits UnpausedScan::LimitsFor(const vm::IsolateStatus& isolate) const {
  vm::GreenThreadLimits limits = job_.question.limits;
  limits.context = isolate.context.get();
  limits.is_paused = false;
  limits.may_split = job_.may_split;
  limits.max_ms = static_cast<int>(std::max<int64_t>(1, (job_.deadline_ns - MonotonicNs()) / kNsPerMs));
  return limits;
}

UnpausedScan::Look UnpausedScan::TakeLook(const vm::IsolateStatus& isolate, const LookBefore& before,
                                          const vm::HeapPageIndex& index) {
  bool is_counted = false;
  // Never true again once it was false: the census may have left objects to ReadAgain().
  bool is_at_rest = true;
  const auto has_rested = [&] {
    is_at_rest = is_at_rest && platform::Unmoved(before.place, platform::ReadThreadPlace(isolate.tid));
    return is_at_rest;
  };
  const auto count = [&](const vm::HeapPageIndex& listed) {
    is_counted = true;
    // If a collection has moved objects since the pages were listed, they may be in new pages.
    std::unique_ptr<vm::HeapPageIndex> now;
    std::string problem;
    vm::GcEpoch epoch;
    const bool is_listed_anew =
        vm::ReadGcEpoch(&memory_, before.heap.layout, before.heap.anchors.heap, &epoch) &&
        epoch != before.epoch && (now = FindPages(job_, {&before, 1}, &memory_, &problem)) != nullptr;
    census_->Capture({before.heap.layout, before.heap.anchors, is_listed_anew ? *now : listed, isolate.loop,
                      job_.deadline_ns, has_rested});
    return vm::CallbackHolders::Of(*census_, &job_.question.census.rows);
  };
  scan_->Capture(before.heap, index, LimitsFor(isolate), count);
  if (!is_counted) count(index);
  collected_young_ = false;
  vm::GcEpoch after;
  const auto is_undisturbed = [&] {
    return vm::ReadGcEpoch(&memory_, before.heap.layout, before.heap.anchors.heap, &after) &&
           after.at_rest() && after.full_count == before.epoch.full_count;
  };
  if (!is_undisturbed()) return Look::kCollected;
  const bool has_its_pages = index.StillHas(before.heap.anchors.heap, &memory_);
  if (has_its_pages && after == before.epoch && has_rested()) return Look::kAtRest;
  if (!scan_->Prove(job_.deadline_ns)) return Look::kCollected;
  census_->ReadAgain(job_.deadline_ns);
  if (!is_undisturbed()) return Look::kCollected;
  collected_young_ = after != before.epoch || !has_its_pages;
  return Look::kProved;
}

bool UnpausedScan::IsTimeLeft(int64_t needed_ns) const {
  return !job_.stop() && MonotonicNs() + needed_ns < job_.deadline_ns;
}

// Gives the thread the time to end its turn. False: it does not end it.
bool UnpausedScan::AwaitRest(const vm::IsolateStatus& isolate) const {
  const int64_t until_ns = MonotonicNs() + kTurnNs;
  while (!IsAtRest(isolate)) {
    if (MonotonicNs() > until_ns || job_.stop()) return false;
    platform::SleepNs(kPollNs);
  }
  return true;
}

vm::GreenThreads UnpausedScan::Take(vm::HeapReading reading) {
  vm::GreenThreads found = scan_->Take(reading);
  vm::CensusResult census = census_->Take();
  census.open.collected_young = collected_young_;
  found.census = std::make_shared<const vm::CensusResult>(std::move(census));
  return found;
}

// At this isolate alone.
UnpausedScan::Look UnpausedScan::LookAgain(const vm::IsolateStatus& isolate) {
  const int64_t until_ns = std::min(job_.deadline_ns, MonotonicNs() + kCollectionNs);
  const LookBefore before = Prepare(job_, isolate, &memory_, until_ns);
  if (!before.heap.problem.empty() || !before.is_watched) return Look::kCollected;
  std::string problem;
  const auto index = FindPages(job_, {&before, 1}, &memory_, &problem);
  return index == nullptr ? Look::kCollected : TakeLook(isolate, before, *index);
}

// What a collection spoiled is read again, up to three times in all. A heap that is read soon is also read
// again if young objects were moved, or if its thread is at rest by now and more could be said of it.
vm::GreenThreads UnpausedScan::Read(const vm::IsolateStatus& isolate, const FirstLook& first, size_t number) {
  const LookBefore& before = first.before(number);
  if (!before.heap.problem.empty()) return Unavailable(before.heap.problem);
  vm::GreenThreads best = Unavailable(kAtWork);
  for (int looks = 1; looks <= kMostLooks; ++looks) {
    const int64_t start_ns = MonotonicNs();
    Look look = Look::kCollected;
    if (looks > 1) {
      look = LookAgain(isolate);
    } else if (before.is_watched) {
      look = TakeLook(isolate, before, *first.index());
    }
    const int64_t took_ns = MonotonicNs() - start_ns;
    if (look == Look::kAtRest) return Take(vm::HeapReading::kAtRest);
    if (look == Look::kProved) {
      vm::GreenThreads found = Take(vm::HeapReading::kRunning);
      if (collected_young_) DropYoungCode(&found);
      if (IsBetter(found, best)) best = std::move(found);
    }
    if (!IsTimeLeft(took_ns)) break;
    if (look == Look::kCollected) continue;
    if (took_ns > kCheapLookNs || (!collected_young_ && !(scan_->WouldSayMoreAtRest() && AwaitRest(isolate))))
      break;
  }
  return best;
}

}  // namespace gmr::reporter

#include "captures.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

#include "../../../native/base/clock.h"
#include "../../../native/process/threads/passive_probe.h"
#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;
using platform::PlaceState;

constexpr size_t kMaxShadowWords = 8192;
constexpr int kAllFrames = 16384;
// As the product waits.
constexpr int64_t kParkTimeoutNs = 250 * kNsPerMs;
constexpr int kParkTries = 3;
constexpr int kLongestPauseUs = 2000;
constexpr size_t kMaxWaiting = 200;
// Symbol tables are large: of one in so many, native frames get their names.
constexpr uint32_t kNamedOneIn = 8;

// What was seen when the walk was done and the subject had not gone on yet.
// Static: while the subject is parked, nothing may allocate.
struct StopPoint {
  Subject subject;
  int32_t shadow[kMaxShadowWords];
  size_t shadow_count = 0;
  TierCounts tiers;
  bool is_complete = false;
  bool was_reached = false;
  int64_t walk_ns = 0;
};
StopPoint stop_point;

void CountTier(const vm::RawFrame& frame, TierCounts* tiers) {
  if (frame.inlined) ++tiers->inlined;
  if (frame.tier == vm::RawFrameTier::kInterpreter) ++tiers->interpreter;
  if (frame.tier == vm::RawFrameTier::kBaseline) ++tiers->baseline;
  if (frame.tier == vm::RawFrameTier::kMaglev) ++tiers->maglev;
  if (frame.tier == vm::RawFrameTier::kTurbofan) ++tiers->turbofan;
}

void CopyShadow() {
  const Subject& subject = stop_point.subject;
  const auto used = static_cast<size_t>(std::max(subject.shadow[0], 0));
  stop_point.shadow_count = std::min({used, subject.shadow_words, kMaxShadowWords});
  std::copy_n(subject.shadow, stop_point.shadow_count, stop_point.shadow);
}

}  // namespace

// The linker (--wrap, see binding.gyp) leads the product's calls of MixedWalker::Walk() here:
// the one place where a stack has been read and its thread still stands, whether it is parked
// or, if it did not move, blocked.
extern "C" {
#define GMR_WALK _ZN3gmr2vm11MixedWalker4WalkERKNS0_9WalkStartEPNS0_9FrameListE
#define GMR_JOIN_(a, b) a##b
#define GMR_JOIN(a, b) GMR_JOIN_(a, b)

vm::WalkEnd GMR_JOIN(__real_, GMR_WALK)(vm::MixedWalker*, const vm::WalkStart&, vm::FrameList*);

vm::WalkEnd GMR_JOIN(__wrap_, GMR_WALK)(vm::MixedWalker* walker, const vm::WalkStart& start,
                                        vm::FrameList* list) {
  const int64_t begin_ns = MonotonicNs();
  const vm::WalkEnd end = GMR_JOIN(__real_, GMR_WALK)(walker, start, list);
  stop_point.walk_ns = MonotonicNs() - begin_ns;
  stop_point.is_complete = end.is_complete;
  stop_point.tiers = TierCounts();
  for (size_t i = 0; i < list->count; ++i) CountTier(list->frames[i], &stop_point.tiers);
  CopyShadow();
  stop_point.was_reached = true;
  return end;
}
}

Captures::Captures(const Subject& subject, vm::BuiltinsBlob builtins)
    : subject_(subject), builtins_(builtins) {
  stop_point.subject = subject;
  thread_ = std::thread([this] { Run(); });
}

void Captures::Run() {
  std::mt19937 random(std::random_device{}());
  for (uint32_t number = 0; !stop_; ++number) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % kLongestPauseUs));
    Taken taken = CaptureOnce(number);
    std::unique_lock<std::mutex> lock(mutex_);
    taken_.push_back(std::move(taken));
    room_.wait(lock, [this] { return stop_ || taken_.size() < kMaxWaiting; });
  }
}

// A reader of its own each time, as a report has it.
Taken Captures::CaptureOnce(uint32_t number) const {
  vm::StackReader reader(vm::ProcessLayout(), builtins_);
  const vm::ThreadToRead thread{subject_.tid, subject_.isolate, kAllFrames};
  Taken taken;
  stop_point.was_reached = false;
  if (platform::ReadThreadPlace(subject_.tid).state == PlaceState::kBlocked)
    taken.read = reader.ReadBlocked(thread);
  const bool is_passive = taken.read.outcome == vm::ReadStack::Outcome::kRead;
  for (int i = 0; !is_passive && i < kParkTries; ++i) {
    if (i > 0) reader.Refresh();
    taken.read = reader.ReadParked(thread, MonotonicNs() + kParkTimeoutNs);
    if (!taken.read.met_unknown_code) break;
  }
  if (taken.read.outcome != vm::ReadStack::Outcome::kRead || !stop_point.was_reached) return taken;

  taken.shadow.assign(stop_point.shadow, stop_point.shadow + stop_point.shadow_count);
  taken.tiers = stop_point.tiers;
  taken.is_complete = stop_point.is_complete;
  taken.walk_us = static_cast<double>(stop_point.walk_ns) / 1000;
  taken.is_named = number % kNamedOneIn == 0;
  if (taken.is_named) reader.NameNativeFrames({&taken.read.stack});
  return taken;
}

std::vector<Taken> Captures::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  room_.notify_one();
  return std::exchange(taken_, {});
}

void Captures::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    room_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace gmr::test

#include "silent_thread.h"

#include <utility>

#include "../../base/clock.h"
#include "../../process/threads/proc_threads.h"
#include "../../process/threads/thread_cpu.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;
using platform::PlaceState;

// Looks at which a thread must not have run since the one before. It was woken
// by the request: a thread that could answer would run, or want to.
constexpr int kLooksUntilStuck = 2;
// JavaScript meets V8's check for interrupts after some microseconds of its own
// time. A thread that ran for this long without is in native code.
constexpr int64_t kBusyUntilStuckNs = 8 * kNsPerMs;
// Likewise at the end of the grace. One that ran for less is on its way out of a
// system call or into one, or got no CPU: it is not held.
constexpr int64_t kLeastBusyNs = 1 * kNsPerMs;
// A thread that wants to run, but got less of the CPU than this, is starved.
constexpr double kStarvedShare = 0.4;
// The signal is taken as soon as the thread runs.
constexpr int64_t kParkTimeoutNs = 250 * kNsPerMs;
// V8 may put new code on the stack between the look at its mappings and the signal.
constexpr int kParkTries = 3;

bool IsInJavaScript(const vm::ReadStack& read) {
  return !read.stack.frames.empty() && read.stack.frames.front().kind != vm::FrameKind::kNative;
}

}  // namespace

SilentThread::Sight SilentThread::Look() const {
  return {platform::ReadThreadPlace(status_.tid), platform::ThreadCpuNs(status_.tid), MonotonicNs()};
}

bool SilentThread::IsStuck(bool is_last) {
  const Sight before = std::exchange(latest_, Look());
  if (platform::Unmoved(before.place, latest_.place)) {
    ++looks_unmoved_;
    return (looks_unmoved_ >= kLooksUntilStuck || is_last) && TakePassively();
  }
  looks_unmoved_ = 0;
  if (latest_.place.state == PlaceState::kRunning) {
    const int64_t ran_ns = latest_.cpu_ns - asked_.cpu_ns;
    const bool is_busy = ran_ns >= kBusyUntilStuckNs || (is_last && ran_ns >= kLeastBusyNs);
    if (is_busy && !taken_) TakeParked();
    // V8 12 compiles a wasm loop anew before it looks for interrupts. A thread that
    // was met in generated code will answer, and then says more.
    return taken_ && (is_last || !IsInJavaScript(*taken_));
  }
  if (!is_last) return false;
  return TakePassively() || taken_ || TakeParked();
}

bool SilentThread::MeetInNativeCode(double* held_ms) {
  taken_.reset();
  TakeParked();
  if (!taken_) return false;
  if (!IsInJavaScript(*taken_) && taken_->stack.HasUserCode()) return true;
  *held_ms += taken_->stack.held_ms;
  taken_.reset();
  return false;
}

bool SilentThread::IsStarved() const {
  if (latest_.place.state != PlaceState::kRunning) return false;
  const auto had_ns = static_cast<double>(latest_.cpu_ns - asked_.cpu_ns);
  return had_ns < static_cast<double>(latest_.at_ns - asked_.at_ns) * kStarvedShare;
}

vm::ThreadToRead SilentThread::WhatToRead() const {
  return {status_.tid, status_.isolate, max_frames_, status_.environment.address, status_.context.get()};
}

bool SilentThread::TakePassively() {
  vm::ReadStack read = reader_().ReadBlocked(WhatToRead());
  if (read.outcome != vm::ReadStack::Outcome::kRead) {
    problem_ = std::move(read.problem);
    return false;
  }
  taken_ = std::move(read);
  return true;
}

// A signal may cut short any system call whose program does not expect it; a
// thread that is in one is read passively or not at all. Where the kernel hides
// the system call, a thread that runs is in none. nullptr: it may be sent.
const char* SilentThread::WhyNoSignal() const {
  const platform::ThreadPlace now = platform::ReadThreadPlace(status_.tid);
  if (now.state == PlaceState::kRunning) return nullptr;
  if (now.state == PlaceState::kBlocked) return "it is in a system call, which a signal might cut short";
  const auto os = platform::ReadThreadStatus(status_.tid);
  return os.ok() && os.value().state == 'R' ? nullptr : "the kernel does not show where the thread is";
}

bool SilentThread::TakeParked() {
  vm::ReadStack read;
  bool is_there = true;
  for (int tries = 0; is_there && (tries == 0 || (read.met_unknown_code && tries < kParkTries)); ++tries) {
    is_there = ReadParked(&read);
  }
  if (read.outcome != vm::ReadStack::Outcome::kRead) {
    if (!read.problem.empty()) problem_ = std::move(read.problem);
    return false;
  }
  taken_ = std::move(read);
  return true;
}

// False: the thread has ended. What was read before stays where nothing is read now.
bool SilentThread::ReadParked(vm::ReadStack* read) {
  vm::StackReader& reader = reader_();
  reader.Refresh();
  // With the registry's lock: the thread cannot end meanwhile.
  return vm::IsolateRegistry::Get().WhileRegistered(status_.id, [&] {
    vm::ReadStack now;
    if (const char* why = WhyNoSignal()) {
      now.problem = why;
    } else {
      now = reader.ReadParked(WhatToRead(), MonotonicNs() + kParkTimeoutNs);
    }
    read->met_unknown_code = now.met_unknown_code;
    if (now.outcome == vm::ReadStack::Outcome::kRead || read->outcome != vm::ReadStack::Outcome::kRead) {
      *read = std::move(now);
    }
  });
}

}  // namespace gmr::reporter

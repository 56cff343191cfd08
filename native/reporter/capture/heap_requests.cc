#include "heap_requests.h"

#include <algorithm>
#include <memory>
#include <span>
#include <thread>

#include "../../base/clock.h"
#include "../../v8/isolate_registry.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// What a scan may take beyond the pause that it was allowed: its limit is looked at
// from page to page, and a busy machine is slow between two looks.
constexpr int64_t kScanReserveNs = 1000 * kNsPerMs;
// After that no further thread is begun with: a report with many workers must come too.
constexpr int64_t kAllThreadsNs = 1000 * kNsPerMs;
constexpr unsigned kMostAtOnce = 8;
constexpr const char* kExiting = "the process is exiting";
constexpr const char* kEnded = "it ended while the report was being made";
constexpr const char* kNoTimeLeft = "skipped: reading the heaps of other threads used up the time";
constexpr const char* kMoreTime = "greenThreads.maxPauseMs (GMR_GREEN_THREADS_MAX_PAUSE_MS)";

struct Asked {
  HeapSubject* subject = nullptr;
  std::shared_ptr<vm::Capture> capture;
};

std::vector<std::shared_ptr<vm::Capture>> Pending(std::span<const Asked> all) {
  std::vector<std::shared_ptr<vm::Capture>> pending;
  for (const Asked& asked : all) {
    if (asked.capture && asked.capture->state() == vm::Capture::State::kPending)
      pending.push_back(asked.capture);
  }
  return pending;
}

// A part of the threads: as many as can run at once, so that none is paused while it waits for a CPU.
void AskSome(const HeapRequestJob& job, std::span<Asked> all) {
  for (Asked& asked : all)
    asked.capture = vm::IsolateRegistry::Get().Ask(asked.subject->photo->status.id, job.question);
  const auto pending = Pending(all);
  const int64_t now_ns = MonotonicNs();
  const int64_t longest_ns = std::min(
      job.deadline_ns, now_ns + job.question.green_threads->limits.max_ms * kNsPerMs + kScanReserveNs);
  vm::Capture::WaitForAll(pending, std::min(job.deadline_ns, now_ns + job.grace_ns), job.stop);
  // Those who are at work are waited for; the others will find that nobody waits.
  std::vector<std::shared_ptr<vm::Capture>> at_work;
  for (const auto& capture : pending) {
    if (capture->begun() || !capture->Abandon()) at_work.push_back(capture);
  }
  vm::Capture::WaitForAll(at_work, longest_ns, job.stop);
}

void Conclude(const HeapRequestJob& job, Asked* asked) {
  IsolatePhoto* photo = asked->subject->photo;
  // It does not answer. If it was read from outside before, the reason of that is there.
  if (asked->capture == nullptr || (!asked->capture->begun() && !job.stop())) {
    if (photo->green_threads.reason.empty()) SetReason("it did not answer", photo);
    return;
  }
  if (asked->capture->state() == vm::Capture::State::kAnswered) {
    if (asked->capture->answer().ran_out_of_memory) {
      SetReason("memory ran out", photo);
      asked->subject->done = true;
      return;
    }
    SetFound(asked->capture->answer().green_threads, kMoreTime, asked->subject);
    return;
  }
  const bool is_gone = asked->capture->state() == vm::Capture::State::kGone;
  asked->capture->Abandon();
  const char* unfinished = job.stop() ? kExiting : "the scan did not end in time";
  SetReason(is_gone ? kEnded : unfinished, photo);
  asked->subject->done = true;
}

}  // namespace

// In turns, until the time for all of them is over. Main is the first.
void RequestHeaps(const HeapRequestJob& job, std::vector<HeapSubject>* subjects) {
  std::vector<Asked> all;
  for (HeapSubject& subject : *subjects) {
    // One that did not tell its stack has that question still before it.
    if (!subject.done && subject.photo->answered_at_ns != 0) all.push_back({&subject, nullptr});
  }
  const int64_t end_ns = std::min(job.deadline_ns, MonotonicNs() + kAllThreadsNs);
  const size_t at_once = std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtOnce);
  for (size_t i = 0; i < all.size(); i += at_once) {
    const std::span<Asked> turn(all.begin() + static_cast<ptrdiff_t>(i), std::min(at_once, all.size() - i));
    if (MonotonicNs() > end_ns || job.stop()) {
      for (const Asked& asked : turn) SetReason(job.stop() ? kExiting : kNoTimeLeft, asked.subject->photo);
      continue;
    }
    AskSome(job, turn);
    for (Asked& asked : turn) Conclude(job, &asked);
  }
}

}  // namespace gmr::reporter

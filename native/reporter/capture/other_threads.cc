#include "other_threads.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "../../process/threads/proc_threads.h"
#include "conclusion.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// Their stacks are an extra.
constexpr size_t kMaxOtherStacks = 64;
constexpr int64_t kOtherStacksNs = 100 * kNsPerMs;
// Each takes half a microsecond.
constexpr size_t kMaxMarks = 1024;

void ReadOtherStack(const Options& options, LazyReader* reader, OtherThreadPhoto* other) {
  if (other->os.status.tid == platform::CurrentThreadId()) {
    other->no_stack = "it is making this report";
    return;
  }
  vm::ReadStack read = reader->Get().ReadBlocked({other->os.status.tid, {}, options.max_frames});
  if (read.outcome == vm::ReadStack::Outcome::kRead) {
    SetBlocked(read, &other->os);
    other->stack = std::move(read.stack);
  } else {
    other->no_stack = std::move(read.problem);
  }
}

}  // namespace

std::vector<MarkedThread> ListMarked() {
  std::vector<MarkedThread> threads;
  const auto tids = platform::ListThreads();
  if (!tids.ok()) return threads;
  for (const int tid : tids.value()) {
    threads.push_back({tid, threads.size() < kMaxMarks ? MarkCpu(tid) : CpuMark()});
  }
  return threads;
}

void PhotographOthers(const Options& options, const std::vector<MarkedThread>& threads, size_t max_stacks,
                      LazyReader* reader, Photograph* photograph) {
  const int64_t deadline_ns = MonotonicNs() + kOtherStacksNs;
  for (const auto& [tid, mark] : threads) {
    const bool is_isolate =
        std::any_of(photograph->isolates.begin(), photograph->isolates.end(),
                    [tid = tid](const IsolatePhoto& photo) { return photo.status.tid == tid; });
    if (is_isolate) continue;
    auto status = platform::ReadThreadStatus(tid);
    // A thread that ended meanwhile is not there any more: nothing to tell.
    if (!status.ok()) continue;
    OtherThreadPhoto& other = photograph->other_threads.emplace_back();
    other.os.status = std::move(status.value());
    other.os.mark = mark;
    if (other.os.status.state == 'R') other.os.queue_mark = MarkQueue(tid);
    if (photograph->other_threads.size() > max_stacks) {
      other.no_stack = "memory is short";
    } else if (photograph->other_threads.size() > kMaxOtherStacks || MonotonicNs() > deadline_ns) {
      other.no_stack = "there are too many threads";
    } else {
      ReadOtherStack(options, reader, &other);
    }
  }
}

}  // namespace gmr::reporter

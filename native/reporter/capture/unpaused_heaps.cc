#include "unpaused_heaps.h"

#include <algorithm>
#include <atomic>
#include <list>

#include "../../base/clock.h"
#include "../../base/helper_thread.h"
#include "../../base/thread_priority.h"
#include "../../process/idle_cpus.h"

namespace gmr::reporter {

namespace {

constexpr size_t kMostReaders = 8;
constexpr const char* kExiting = "the process is exiting";
constexpr const char* kEnded = "it ended while the report was being made";
constexpr const char* kMoreTime = "greenThreads.maxAnalysisMs (GMR_GREEN_THREADS_MAX_ANALYSIS_MS)";
constexpr const char* kNoTimeLeft =
    "the time for reading heaps was used up; greenThreads.maxAnalysisMs (GMR_GREEN_THREADS_MAX_ANALYSIS_MS) "
    "allows more";

class Readers {
 public:
  Readers(const UnpausedJob& job, std::vector<HeapSubject*> subjects)
      : job_(job), subjects_(std::move(subjects)), first_(job, StatusesOf(subjects_)) {}

  void Run(size_t helpers) {
    if (first_.index() == nullptr) {
      for (HeapSubject* subject : subjects_) SetReason(first_.problem(), subject->photo);
      return;
    }
    std::list<platform::HelperThread> threads;
    for (size_t i = 0; i < std::min(helpers, subjects_.size() - 1); ++i) {
      // Where it cannot be started, the others read its part.
      threads.emplace_back().Start("gmr-reader", [this] {
        platform::LowerThreadPriority();
        ReadSome();
      });
    }
    ReadSome();
    for (platform::HelperThread& thread : threads) thread.Join();
    for (const platform::HelperThread& thread : threads) ran_out_ = ran_out_ || thread.ran_out_of_memory();
    if (ran_out_) throw std::bad_alloc();
  }

 private:
  static std::vector<const vm::IsolateStatus*> StatusesOf(const std::vector<HeapSubject*>& subjects) {
    std::vector<const vm::IsolateStatus*> statuses;
    statuses.reserve(subjects.size());
    for (const HeapSubject* subject : subjects) statuses.push_back(&subject->photo->status);
    return statuses;
  }

  void ReadSome() {
    UnpausedScan scan(job_);
    for (size_t i = next_.fetch_add(1); i < subjects_.size(); i = next_.fetch_add(1)) Read(&scan, i);
  }

  void Read(UnpausedScan* scan, size_t number) {
    HeapSubject* subject = subjects_[number];
    if (job_.stop() || platform::MonotonicNs() > job_.deadline_ns) {
      SetReason(job_.stop() ? kExiting : kNoTimeLeft, subject->photo);
      // Another way would take more time, and pause the thread.
      subject->done = true;
      return;
    }
    vm::GreenThreads found = scan->Read(subject->photo->status, first_, number);
    // What was read last may have been somebody else's memory.
    if (vm::IsolateRegistry::Get().WhileRegistered(subject->photo->status.id, [] {})) {
      SetFound(std::move(found), kMoreTime, subject);
    } else {
      SetReason(kEnded, subject->photo);
      subject->done = true;
    }
  }

  const UnpausedJob& job_;
  const std::vector<HeapSubject*> subjects_;
  const FirstLook first_;
  std::atomic<size_t> next_{0};
  bool ran_out_ = false;
};

}  // namespace

void ReadUnpaused(UnpausedJob job, std::vector<HeapSubject>* subjects) {
  std::vector<HeapSubject*> open;
  for (HeapSubject& subject : *subjects) {
    if (!subject.done) open.push_back(&subject);
  }
  if (open.empty()) return;
  const auto helpers = static_cast<size_t>(std::max(0, platform::IdleCpus()));
  // With many heaps, each reader has one of its own.
  job.may_split = helpers > 0 && open.size() == 1;
  Readers(job, std::move(open)).Run(std::min(helpers, kMostReaders - 1));
}

}  // namespace gmr::reporter

#include "unpaused_heaps.h"

#include <atomic>
#include <list>
#include <new>
#include <utility>

#include "../../base/clock.h"
#include "../../base/helper_thread.h"
#include "../../base/thread_priority.h"
#include "../../process/threads/idle_cpus.h"

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

  void Run() {
    if (first_.index() == nullptr) {
      for (HeapSubject* subject : subjects_) SetReason(first_.problem(), subject->photo);
      return;
    }
    ReadSome([this] { AddReader(); });
    for (platform::HelperThread& thread : threads_) thread.Join();
    for (const platform::HelperThread& thread : threads_) {
      if (thread.ran_out_of_memory()) throw std::bad_alloc();
    }
  }

 private:
  static std::vector<const vm::IsolateStatus*> StatusesOf(const std::vector<HeapSubject*>& subjects) {
    std::vector<const vm::IsolateStatus*> statuses;
    statuses.reserve(subjects.size());
    for (const HeapSubject* subject : subjects) statuses.push_back(&subject->photo->status);
    return statuses;
  }

  // Takes one heap after the other, until none is left.
  template <typename BeforeEach>
  void ReadSome(BeforeEach before_each) {
    UnpausedScan scan(job_);
    for (size_t i = next_.fetch_add(1); i < subjects_.size(); i = next_.fetch_add(1)) {
      before_each();
      Read(&scan, i);
    }
  }

  // If there is work for it, and a CPU that nobody else uses by now. Where it cannot be started, the others
  // read its part.
  void AddReader() {
    if (threads_.size() + 1 >= kMostReaders || next_.load() >= subjects_.size() || platform::IdleCpus() <= 0)
      return;
    threads_.emplace_back().Start("gmr-reader", [this] {
      platform::LowerThreadPriority();
      ReadSome([] {});
    });
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
  std::list<platform::HelperThread> threads_;  // the calling thread is not among them
};

}  // namespace

void ReadUnpaused(UnpausedJob job, std::vector<HeapSubject>* subjects) {
  std::vector<HeapSubject*> open;
  for (HeapSubject& subject : *subjects) {
    if (!subject.done) open.push_back(&subject);
  }
  if (open.empty()) return;
  // With many heaps, each reader has one of its own.
  job.may_split = open.size() == 1 && platform::IdleCpus() > 0;
  Readers(job, std::move(open)).Run();
}

}  // namespace gmr::reporter

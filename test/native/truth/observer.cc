#include "observer.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "../../../native/base/clock.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

constexpr int64_t kPauseTimeoutNs = 2000 * kNsPerMs;

Words CopyWords(const Watched& watched) {
  Words copy(watched.count);
  for (size_t i = 0; i < watched.count; ++i) copy[i] = __atomic_load_n(watched.words + i, __ATOMIC_SEQ_CST);
  return copy;
}

// A reading by the isolate's own thread.
struct Pausing {
  std::shared_ptr<vm::Capture> capture;
  vm::Respondent respondent;
};

void OnInterrupt(void* data) {
  const std::unique_ptr<Pausing> pausing(static_cast<Pausing*>(data));
  vm::Capture::AnswerFrom(pausing->capture, pausing->respondent);
}

}  // namespace

std::string Observer::Enter(v8::Isolate* isolate, const int32_t* words, size_t count, size_t lasting) {
  const platform::Monitor::Lock lock(monitor_);
  if (watched_.empty()) {
    question_.layout = vm::ProcessLayout().layout;
    question_.model = vm::HeapModel::Make(isolate, vm::ProcessLayout());
  }
  if (!question_.model.problem().empty()) return question_.model.problem();
  if (!question_.model.gc_problem().empty()) return question_.model.gc_problem();
  Watched watched;
  watched.status.id = watched_.size() + 1;
  watched.status.isolate = platform::OwnAddress(isolate);
  watched.status.tid = static_cast<int>(syscall(SYS_gettid));
  watched.environment = node::GetCurrentEnvironment(isolate->GetCurrentContext());
  watched.words = words;
  watched.count = count;
  watched.tally = std::make_unique<Tally>(lasting);
  watched_.push_back(std::move(watched));
  return "";
}

bool Observer::Start(const Plan& plan) {
  plan_ = plan;
  question_.limits.max_groups = plan.max_groups;
  question_.limits.max_ms = plan.max_ms;
  question_.limits.with_leaf_labels = plan.with_labels;
  wraps.listener = this;
  return thread_.Start(
      "truth", [this] { Run(); }, size_t{4} << 20);
}

void Observer::Stop() {
  stop_ = true;
  thread_.Join();
}

Watched* Observer::Find(platform::Address heap) {
  for (Watched& watched : watched_) {
    if (watched.heap == heap) return &watched;
  }
  return nullptr;
}

// The isolates' own threads come here, too, when they read their own heaps.
thread_local bool is_observer = false;

void Observer::OnPrepare(platform::Address isolate, platform::Address heap) {
  if (!is_observer) return;
  for (Watched& watched : watched_) {
    if (watched.status.isolate != isolate || watched.is_prepared) continue;
    watched.heap = heap;
    watched.before = CopyWords(watched);
    watched.is_prepared = true;
  }
}

void Observer::OnCapture(platform::Address heap) {
  looked_at_ = Find(heap);
  if (looked_at_ == nullptr) return;
  looked_at_->tally->Count("looks");
  looked_at_->is_prepared = false;
}

void Observer::OnTake(const vm::GreenThreads& found) {
  if (looked_at_ == nullptr) return;
  looked_at_->tally->Add(found, scan_->collected_young(), looked_at_->before, CopyWords(*looked_at_));
}

void Observer::Run() {
  is_observer = true;
  for (uint64_t i = 1; !stop_ && (plan_.max_scans == 0 || i <= plan_.max_scans); ++i) Round(i);
  done_ = true;
}

void Observer::Round(uint64_t number) {
  const bool wants_pause = plan_.pause_every > 0 && number % static_cast<uint64_t>(plan_.pause_every) == 0;
  if (wants_pause) {
    for (Watched& watched : watched_) Pause(&watched);
    return;
  }
  const reporter::UnpausedJob job{question_, MonotonicNs() + plan_.max_ms * kNsPerMs,
                                  [this] { return stop_.load(); }, plan_.may_split};
  std::vector<const vm::IsolateStatus*> statuses;
  for (const Watched& watched : watched_) statuses.push_back(&watched.status);
  const reporter::FirstLook first(job, statuses);
  if (first.index() == nullptr) return watched_.front().tally->Count("because: " + first.problem());
  reporter::UnpausedScan scan(job);
  scan_ = &scan;
  for (size_t i = 0; i < watched_.size() && !stop_; ++i) {
    Watched& watched = watched_[i];
    const vm::GreenThreads found = scan.Read(watched.status, first, i);
    if (stop_) return;
    watched.tally->Count("scans");
    if (found.status == vm::GreenThreadStatus::kOk) continue;
    watched.tally->Count("because: " + found.reason);
    Pause(&watched);
  }
}

void Observer::Pause(Watched* watched) {
  vm::Question question;
  const auto green = std::make_shared<vm::GreenThreadsQuestion>();
  green->model = question_.model;
  green->layout = question_.layout;
  green->limits = question_.limits;
  question.green_threads = green;
  auto pausing = std::make_unique<Pausing>();
  pausing->capture = vm::Capture::Make(std::move(question), "watched");
  pausing->respondent.isolate = reinterpret_cast<v8::Isolate*>(watched->status.isolate.number());
  const std::shared_ptr<vm::Capture> capture = pausing->capture;
  const Words before = CopyWords(*watched);
  // It is freed when it is called.
  node::RequestInterrupt(watched->environment, OnInterrupt, pausing.release());
  vm::Capture::WaitForAll({capture}, MonotonicNs() + kPauseTimeoutNs, [this] { return stop_.load(); });
  if (capture->state() != vm::Capture::State::kAnswered && capture->Abandon()) return;
  watched->tally->Add(capture->answer().green_threads, false, before, CopyWords(*watched));
}

}  // namespace gmr::test

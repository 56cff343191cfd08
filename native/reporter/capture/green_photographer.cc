#include "green_photographer.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "../../base/clock.h"
#include "../../process/safe_read.h"
#include "../../v8/heap_trial.h"
#include "../../v8/layout_loader.h"
#include "../formatter/bare_isolate.h"
#include "outside_scan.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// It takes ten milliseconds, and a second with flags that make V8 slow.
constexpr int64_t kCalibrationNs = 2000 * kNsPerMs;
// It takes two milliseconds, unless the disk is slow or the machine is busy.
constexpr int64_t kLayoutTimeoutNs = 500 * kNsPerMs;
// What a scan may take beyond the pause that it was allowed: its limit is looked at
// from page to page, and a busy machine is slow between two looks.
constexpr int64_t kScanReserveNs = 1000 * kNsPerMs;
// After that no further thread is begun with: a report with many workers must come too.
constexpr int64_t kAllThreadsNs = 1000 * kNsPerMs;
constexpr unsigned kMostAtOnce = 8;
constexpr const char* kExiting = "the process is exiting";
constexpr const char* kNoTimeLeft = "skipped: reading the heaps of other threads used up the time";
// Of all isolates together, so that the photograph stays within what the formatter takes.
constexpr size_t kMaxFramesInAll = 20'000;

struct Subject {
  IsolatePhoto* photo = nullptr;
  std::shared_ptr<vm::Capture> capture;
};

// "": it is worth asking.
const char* WhyNot(const IsolatePhoto& photo) {
  if (photo.status.id == 0) return "gmr-native is not loaded in this worker, or not yet";
  return photo.state == IsolateState::kExited ? "it ended while the report was being made" : "";
}

void SetReason(std::string reason, GreenThreadsPhoto* photo) {
  photo->found.reset();
  photo->reason = std::move(reason);
}

bool WasReadFromOutside(const IsolatePhoto& photo) {
  return photo.green_threads.found && photo.green_threads.approximate;
}

std::string HowToAskForMore(const vm::GreenThreads& found) {
  // The only two limits of a scan as a whole.
  const bool of_heap = found.reason.starts_with("the heap");
  return found.reason + (of_heap ? "; greenThreads.maxHeapMb (GMR_GREEN_THREADS_MAX_HEAP_MB) raises it"
                                 : "; greenThreads.maxPauseMs (GMR_GREEN_THREADS_MAX_PAUSE_MS) raises it");
}

void SetFound(vm::GreenThreads found, GreenThreadsPhoto* photo) {
  switch (found.status) {
    case vm::GreenThreadStatus::kOk:
      photo->found = std::move(found);
      return;
    case vm::GreenThreadStatus::kOverLimit:
      SetReason(HowToAskForMore(found), photo);
      return;
    case vm::GreenThreadStatus::kUnavailable:
      SetReason(found.reason, photo);
      return;
  }
}

std::vector<std::shared_ptr<vm::Capture>> Pending(std::span<const Subject> subjects) {
  std::vector<std::shared_ptr<vm::Capture>> pending;
  for (const Subject& subject : subjects) {
    if (subject.capture && subject.capture->state() == vm::Capture::State::kPending)
      pending.push_back(subject.capture);
  }
  return pending;
}

// From this thread, while the isolate's own goes on with whatever keeps it from answering.
void ScanFromHere(const GreenPhotographJob& job, const vm::GreenThreadsQuestion& question,
                  IsolatePhoto* photo) {
  photo->green_threads.approximate = true;
  const OutsideScan scan{question, job.deadline_ns, job.stop};
  vm::GreenThreads found = ScanFromOutside(scan, photo->status);
  // What was read last may have been somebody else's memory.
  if (!vm::IsolateRegistry::Get().WhileRegistered(photo->status.id, [] {})) {
    SetReason("it ended while the report was being made", &photo->green_threads);
    return;
  }
  SetFound(std::move(found), &photo->green_threads);
}

// A part of the threads: as many as can run at once, so that none is paused while it waits for a CPU.
void AskSome(const GreenPhotographJob& job, const vm::Question& question, std::span<Subject> subjects) {
  for (Subject& subject : subjects)
    subject.capture = vm::IsolateRegistry::Get().Ask(subject.photo->status.id, question);
  const auto pending = Pending(subjects);
  const int64_t now_ns = MonotonicNs();
  const int64_t grace_ns = std::min(job.deadline_ns, now_ns + job.options.interrupt_timeout_ms * kNsPerMs);
  const int64_t longest_ns = std::min(
      job.deadline_ns, now_ns + question.green_threads->limits.max_pause_ms * kNsPerMs + kScanReserveNs);
  vm::Capture::WaitForAll(pending, grace_ns, job.stop);
  // Those who are at work are waited for; the others will find that nobody waits.
  std::vector<std::shared_ptr<vm::Capture>> at_work;
  for (const auto& capture : pending) {
    if (capture->begun() || !capture->Abandon()) at_work.push_back(capture);
  }
  vm::Capture::WaitForAll(at_work, longest_ns, job.stop);
}

void Conclude(const GreenPhotographJob& job, const vm::GreenThreadsQuestion& question, Subject* subject) {
  IsolatePhoto& photo = *subject->photo;
  if (subject->capture == nullptr || (!subject->capture->begun() && !job.stop())) {
    ScanFromHere(job, question, &photo);
    return;
  }
  if (subject->capture->state() == vm::Capture::State::kAnswered) {
    if (subject->capture->answer().ran_out_of_memory) {
      SetReason("memory ran out", &photo.green_threads);
      return;
    }
    SetFound(subject->capture->answer().green_threads, &photo.green_threads);
    return;
  }
  const bool is_gone = subject->capture->state() == vm::Capture::State::kGone;
  subject->capture->Abandon();
  const char* unfinished = job.stop() ? kExiting : "the scan did not end in time";
  SetReason(is_gone ? "it ended while the report was being made" : unfinished, &photo.green_threads);
}

// In turns, until the time for all of them is over. Main is the first.
void PhotographInTurns(const GreenPhotographJob& job, const vm::Question& question,
                       std::vector<Subject>* subjects) {
  const int64_t end_ns = std::min(job.deadline_ns, MonotonicNs() + kAllThreadsNs);
  const size_t at_once = std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtOnce);
  // One that did not tell its stack has that question still before it, and is read from here.
  const auto is_silent = [](const Subject& subject) { return subject.photo->answered_at_ns == 0; };
  for (size_t i = 0; i < subjects->size();) {
    size_t end = i + 1;
    while (end < subjects->size() && end - i < at_once && !is_silent((*subjects)[i]) &&
           !is_silent((*subjects)[end])) {
      ++end;
    }
    const std::span<Subject> turn(subjects->begin() + static_cast<ptrdiff_t>(i), end - i);
    i = end;
    if (MonotonicNs() > end_ns || job.stop()) {
      const char* reason = job.stop() ? kExiting : kNoTimeLeft;
      for (const Subject& subject : turn) SetReason(reason, &subject.photo->green_threads);
      continue;
    }
    if (!is_silent(turn.front())) AskSome(job, question, turn);
    for (Subject& subject : turn) Conclude(job, *question.green_threads, &subject);
  }
}

// Values of a context take about as much room as frames.
size_t LinesOf(const vm::GreenThreadGroup& group) { return group.frames.size() + group.context.size(); }

// A second time changes nothing.
void KeepWithinBounds(Photograph* photograph) {
  size_t frames = 0;
  for (IsolatePhoto& photo : photograph->isolates) {
    if (!photo.green_threads.found) continue;
    vm::GreenThreads& found = *photo.green_threads.found;
    size_t kept = 0;
    while (kept < found.groups.size() && frames + LinesOf(found.groups[kept]) <= kMaxFramesInAll)
      frames += LinesOf(found.groups[kept++]);
    for (size_t i = kept; i < found.groups.size(); ++i) found.threads_left_out += found.groups[i].count;
    found.groups_left_out += static_cast<uint32_t>(found.groups.size() - kept);
    found.groups.resize(kept);
  }
}

}  // namespace

void GreenPhotographer::TakeTable(const vm::LoadedLayout& loaded, const reporter::Photograph& photograph) {
  const vm::HeapTable* table = vm::FindHeapTable(v8::V8::GetVersion());
  const auto known = std::find_if(photograph.isolates.begin(), photograph.isolates.end(),
                                  [](const IsolatePhoto& photo) { return photo.status.isolate != 0; });
  if (table == nullptr || known == photograph.isolates.end()) return;
  vm::HeapModel model = vm::HeapModel::FromTable(*table, known->status.isolate, loaded);
  if (!model.problem().empty()) return;
  model_ = std::make_unique<const vm::HeapModel>(std::move(model));
  is_from_table_ = true;
}

std::string GreenPhotographer::Calibrate(const GreenPhotographJob& job, ExitGate* gate,
                                         const vm::LoadedLayout& loaded) {
  BareIsolateJob bare;
  bare.platform = job.platform;
  bare.deadline_ns = std::min(job.deadline_ns, MonotonicNs() + kCalibrationNs);
  bare.work = [&](v8::Isolate* isolate) -> std::string {
    const v8::HandleScope scope(isolate);
    // Node ends the process for an exception that nobody catches.
    const v8::TryCatch quiet(isolate);
    const auto context = v8::Context::New(isolate);
    if (context.IsEmpty()) return "no context could be made";
    const v8::Context::Scope context_scope(context);
    const uint32_t blind_readers = platform::BlindReaders();
    vm::HeapModel model = vm::HeapModel::Make(isolate, loaded);
    // Its script was terminated then, which says nothing of this V8: the next report tries again.
    if (!model.problem().empty() && MonotonicNs() >= bare.deadline_ns) return "the self-test was out of time";
    if (!model.problem().empty() && platform::BlindReaders() != blind_readers)
      return "the memory of this process could not be read";
    model_ = std::make_unique<const vm::HeapModel>(std::move(model));
    is_from_table_ = false;
    return "";
  };
  return RunInBareIsolate(&bare, gate);
}

std::shared_ptr<const vm::GreenThreadsQuestion> GreenPhotographer::MakeQuestion(
    const GreenPhotographJob& job, ExitGate* gate, const reporter::Photograph& photograph,
    std::string* reason) {
  const vm::LoadedLayout& loaded = vm::TrustedLayout(MonotonicNs() + kLayoutTimeoutNs);
  *reason = loaded.reason;
  if (!loaded.usable) return nullptr;
  const std::string problem = vm::HeapModelProblem();
  const bool failed = !problem.empty() && problem != vm::kNotTried;
  if (failed && is_from_table_) model_.reset();
  if (model_ == nullptr && !failed) TakeTable(loaded, photograph);
  if (model_ == nullptr) *reason = Calibrate(job, gate, loaded);
  if (model_ == nullptr) return nullptr;
  *reason = model_->problem();
  if (!reason->empty()) return nullptr;
  auto question = std::make_shared<vm::GreenThreadsQuestion>();
  question->model = *model_;
  question->layout = loaded.layout;
  question->limits = job.options.green_threads.limits;
  return question;
}

void GreenPhotographer::TryTable(v8::Isolate* isolate, const reporter::Photograph& photograph) const {
  if (model_ == nullptr || !is_from_table_) return;
  const auto any = [&](auto is_such) {
    return std::any_of(photograph.isolates.begin(), photograph.isolates.end(), is_such);
  };
  const vm::LoadedLayout& loaded = vm::TrustedLayout(MonotonicNs());
  if (any([](const IsolatePhoto& photo) { return photo.green_threads.found.has_value(); }))
    vm::TryHeapModel(isolate, loaded, *model_);
  // A collection of garbage takes longer than all the rest, and a thread that answers is read without it.
  if (any(WasReadFromOutside)) vm::TryGcEpoch(isolate, loaded, *model_);
}

void GreenPhotographer::DropUntested(reporter::Photograph* photograph) const {
  if (!is_from_table_) return;
  const std::string problem = vm::HeapModelProblem();
  const std::string gc_problem = vm::GcEpochProblem();
  for (IsolatePhoto& photo : photograph->isolates) {
    if (!photo.green_threads.found) continue;
    if (!problem.empty()) {
      SetReason(problem, &photo.green_threads);
    } else if (!gc_problem.empty() && WasReadFromOutside(photo)) {
      SetReason(std::string(kCannotBeWatched) + gc_problem, &photo.green_threads);
    }
  }
}

void GreenPhotographer::Begin(const GreenPhotographJob& job, ExitGate* gate,
                              reporter::Photograph* photograph) {
  std::string reason = job.shortage.empty() ? "greenThreads.enabled is false" : job.shortage;
  std::shared_ptr<const vm::GreenThreadsQuestion> green;
  if (job.options.green_threads.enabled && job.shortage.empty())
    green = MakeQuestion(job, gate, *photograph, &reason);
  std::vector<Subject> subjects;
  for (IsolatePhoto& photo : photograph->isolates) {
    const char* why_not = green == nullptr ? reason.c_str() : WhyNot(photo);
    if (*why_not != '\0') {
      SetReason(why_not, &photo.green_threads);
    } else {
      subjects.push_back({&photo, nullptr});
    }
  }
  if (subjects.empty()) return;
  vm::Question question;
  question.report_id = photograph->report_id;
  question.asked_at_ns = MonotonicNs();
  question.green_threads = green;
  auto ask = [job, question, subjects]() mutable { PhotographInTurns(job, question, &subjects); };
  if (!thread_.Start("gmr-green", ask)) ask();
}

void GreenPhotographer::Finish(reporter::Photograph* photograph) {
  thread_.Join();
  if (thread_.ran_out_of_memory()) {
    for (IsolatePhoto& photo : photograph->isolates) {
      if (!photo.green_threads.found && photo.green_threads.reason.empty())
        SetReason("memory ran out", &photo.green_threads);
    }
  }
  KeepWithinBounds(photograph);
}

}  // namespace gmr::reporter

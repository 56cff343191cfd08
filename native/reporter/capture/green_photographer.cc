#include "green_photographer.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "../../base/clock.h"
#include "../../process/self_memory.h"
#include "../../v8/heap_trial.h"
#include "../../v8/layout_loader.h"
#include "../formatter/bare_isolate.h"
#include "heap_requests.h"
#include "unpaused_heaps.h"

namespace gmr::reporter {

namespace {

using platform::kNsPerMs;
using platform::MonotonicNs;

// It takes ten milliseconds, and a second with flags that make V8 slow.
constexpr int64_t kCalibrationNs = 2000 * kNsPerMs;
// It takes two milliseconds, unless the disk is slow or the machine is busy.
constexpr int64_t kLayoutTimeoutNs = 500 * kNsPerMs;
// Of all isolates together, so that the photograph stays within what the formatter takes.
constexpr size_t kMaxFramesInAll = 20'000;

// Begins the reason when gc_epoch.h cannot be trusted.
constexpr const char* kCannotBeWatched = "the garbage collector cannot be watched: ";

bool HasContext(const IsolatePhoto& photo) { return photo.context.problem.empty(); }

// Such a context was read with a look at the garbage collector.
bool HasContextOfStopped(const IsolatePhoto& photo) {
  return HasContext(photo) && photo.stack && photo.stack->method != vm::CaptureMethod::kInterrupt;
}

bool WasReadUnpaused(const IsolatePhoto& photo) {
  return photo.green_threads.found && photo.green_threads.found->reading != vm::HeapReading::kPaused;
}

// "": it is worth asking.
const char* WhyNot(const IsolatePhoto& photo) {
  if (photo.status.id == 0) return "gmr-native is not loaded in this worker, or not yet";
  return photo.state == IsolateState::kExited ? "it ended while the report was being made" : "";
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

// While the threads run, unless one moment in time is wanted. What cannot be read so, because V8 collects
// garbage or because a thread does not answer, is read the other way.
void ReadHeaps(const GreenPhotographJob& job, const vm::Question& question,
               std::vector<HeapSubject>* subjects) {
  std::string unwatched = question.green_threads->model.gc_problem();
  // A table is tested after the first scan, before anything of that is printed.
  if (unwatched.empty() && vm::GcEpochProblem() != vm::kNotTried) unwatched = vm::GcEpochProblem();
  const int64_t analysis_ns = job.options.green_threads.max_analysis_ms * kNsPerMs;
  const auto read_unpaused = [&] {
    if (unwatched.empty()) {
      ReadUnpaused(
          {*question.green_threads, std::min(job.deadline_ns, MonotonicNs() + analysis_ns), job.stop},
          subjects);
      return;
    }
    for (const HeapSubject& subject : *subjects) {
      if (!subject.done) SetReason(kCannotBeWatched + unwatched, subject.photo);
    }
  };
  const HeapRequestJob request{question, job.options.interrupt_timeout_ms * kNsPerMs, job.deadline_ns,
                               job.stop};
  if (!job.options.green_threads.consistent) read_unpaused();
  RequestHeaps(request, subjects);
  if (job.options.green_threads.consistent || !unwatched.empty()) read_unpaused();
}

}  // namespace

void GreenPhotographer::TakeTable(const vm::LoadedLayout& loaded, const reporter::Photograph& photograph) {
  const vm::HeapTable* table = vm::FindHeapTable(v8::V8::GetVersion());
  const auto known = std::find_if(photograph.isolates.begin(), photograph.isolates.end(),
                                  [](const IsolatePhoto& photo) { return !photo.status.isolate.IsNull(); });
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
  question->wanted = vm::WantedValues::FromBundle(job.formatter_source);
  question->limits.wanted = &question->wanted;
  question->rows = vm::ContextRows::FromBundle(job.formatter_source);
  question->limits.rows = &question->rows;
  question->census.types = vm::ProcessHeapLayout().types;
  question->census.fds = &question->fds;
  question->census.rows = vm::OpenRows::FromBundle(job.formatter_source);
  return question;
}

std::shared_ptr<const vm::ContextPlan> GreenPhotographer::PlanContexts(const GreenPhotographJob& job) {
  context_plan_.reset();
  if (!job.options.green_threads.enabled || !job.shortage.empty()) return nullptr;
  const bool with_rows = job.options.green_threads.limits.with_values;
  context_plan_ = vm::MakeContextPlan(vm::TrustedLayout(MonotonicNs()), model_.get(),
                                      with_rows ? job.formatter_source : "");
  return context_plan_;
}

void GreenPhotographer::TryTable(v8::Isolate* isolate, const reporter::Photograph& photograph) const {
  if (model_ == nullptr || !is_from_table_) return;
  const auto any = [&](auto is_such) {
    return std::any_of(photograph.isolates.begin(), photograph.isolates.end(), is_such);
  };
  const vm::LoadedLayout& loaded = vm::TrustedLayout(MonotonicNs());
  if (any([](const IsolatePhoto& photo) { return photo.green_threads.found || HasContext(photo); }))
    vm::TryHeapModel(isolate, loaded, *model_);
  // A collection of garbage takes longer than all the rest, and a heap that was paused is read without it.
  if (any(WasReadUnpaused) || any(HasContextOfStopped)) vm::TryGcEpoch(isolate, loaded, *model_);
}

// They were read before there was a model.
void GreenPhotographer::DropUntestedContexts(reporter::Photograph* photograph) const {
  if (context_plan_ == nullptr) return;
  std::string problem = model_ == nullptr ? vm::kNotTried : DifferenceBetween(*context_plan_, *model_);
  if (problem.empty() && is_from_table_) problem = vm::HeapModelProblem();
  const std::string gc_problem =
      is_from_table_ || model_ == nullptr ? vm::GcEpochProblem() : model_->gc_problem();
  for (IsolatePhoto& photo : photograph->isolates) {
    const bool is_watched = HasContextOfStopped(photo);
    if (!HasContext(photo) || (problem.empty() && (!is_watched || gc_problem.empty()))) continue;
    photo.context = vm::ThreadContext();
    photo.context.problem = problem.empty() ? std::string(kCannotBeWatched) + gc_problem : problem;
  }
}

void GreenPhotographer::DropUntested(reporter::Photograph* photograph) const {
  DropUntestedContexts(photograph);
  if (!is_from_table_) return;
  const std::string problem = vm::HeapModelProblem();
  const std::string gc_problem = vm::GcEpochProblem();
  for (IsolatePhoto& photo : photograph->isolates) {
    if (!photo.green_threads.found) continue;
    if (!problem.empty()) {
      SetReason(problem, &photo);
    } else if (!gc_problem.empty() && WasReadUnpaused(photo)) {
      SetReason(std::string(kCannotBeWatched) + gc_problem, &photo);
    }
  }
}

void GreenPhotographer::Begin(const GreenPhotographJob& job, ExitGate* gate,
                              reporter::Photograph* photograph) {
  std::string reason = job.shortage.empty() ? "greenThreads.enabled is false" : job.shortage;
  std::shared_ptr<const vm::GreenThreadsQuestion> green;
  if (job.options.green_threads.enabled && job.shortage.empty())
    green = MakeQuestion(job, gate, *photograph, &reason);
  for (IsolatePhoto& photo : photograph->isolates) {
    if (context_plan_ == nullptr) photo.context.problem = reason;
  }
  std::vector<HeapSubject> subjects;
  for (IsolatePhoto& photo : photograph->isolates) {
    const char* why_not = green == nullptr ? reason.c_str() : WhyNot(photo);
    if (*why_not != '\0') {
      SetReason(why_not, &photo);
    } else {
      subjects.push_back({&photo});
    }
  }
  if (subjects.empty()) return;
  vm::Question question;
  question.report_id = photograph->report_id;
  question.asked_at_ns = MonotonicNs();
  question.green_threads = green;
  auto read = [job, question, subjects]() mutable { ReadHeaps(job, question, &subjects); };
  if (!thread_.Start("gmr-green", read)) read();
}

void GreenPhotographer::Finish(reporter::Photograph* photograph) {
  thread_.Join();
  if (thread_.ran_out_of_memory()) {
    for (IsolatePhoto& photo : photograph->isolates) {
      if (!photo.green_threads.found && photo.green_threads.reason.empty())
        SetReason("memory ran out", &photo);
    }
  }
  KeepWithinBounds(photograph);
}

}  // namespace gmr::reporter

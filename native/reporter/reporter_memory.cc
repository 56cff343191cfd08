// The part of Reporter that adapts a report to the remaining memory.

#include "../base/clock.h"
#include "../base/memory_guard.h"
#include "../base/own_calls.h"
#include "../base/proc_status.h"
#include "../os/standard_fds.h"
#include "../process/headroom.h"
#include "output/bare_report.h"
#include "reporter.h"

namespace gmr::reporter {

namespace {

using platform::WithinMemory;

constexpr int64_t kBareReportNs = 500 * platform::kNsPerMs;

MemoryPlan PlanWithinMemory() {
  MemoryPlan plan;
  if (!WithinMemory([&plan] { plan = PlanMemory(); })) plan.extent = ReportExtent::kBare;
  return plan;
}

// A fork copies the page tables at once, and each page when either process writes to it. Both count in the
// cgroup, and the time grows with the size (about 100 ms per GB). So the process must be small, and there
// must be room for a second one. Otherwise the report does without the calls that would have to be tried.
constexpr int64_t kLargestCopyBytes = int64_t{256} << 20;

bool MayCopyProcess() {
  const int64_t own_bytes = platform::PrivateResidentBytes();
  return own_bytes <= kLargestCopyBytes && platform::ReadHeadroom().least_bytes() >= 2 * own_bytes;
}

// Must come first in a report: finds out which system calls may be made.
void ExamineCalls(const MemoryPlan& memory) {
  std::vector<int> tids;
  for (const vm::LoopStatus& loop : vm::IsolateRegistry::Get().Loops()) tids.push_back(loop.tid);
  platform::ExamineOwnCalls(tids, memory.extent != ReportExtent::kBare && MayCopyProcess());
}

}  // namespace

void Reporter::OpenOutsideView() {
  // With a filter of system calls, those that this takes must be tried before.
  if (platform::ReadStatusNumber("Seccomp") != 0) ExamineCalls(PlanWithinMemory());
  outside_view_.Open();
  ShowOptions();
}

Delivery::Outcome Reporter::Report(const Trigger& trigger) {
  Delivery::Outcome outcome;
  const MemoryPlan memory = PlanWithinMemory();
  WithinMemory([&memory] { ExamineCalls(memory); });
  bool made = false;
  if (memory.extent != ReportExtent::kBare) {
    made = WithinMemory([&] { outcome = MakeReport(trigger, memory); });
    // The memory of the first attempt has been freed.
    if (!made) made = WithinMemory([&] { outcome = MakeReport(trigger, PlanAfterFailure()); });
  }
  if (!made) {
    const platform::StandardFdsTaken standard_fds;
    const char* const why = memory.extent == ReportExtent::kBare && !memory.shortage.empty()
                                ? memory.shortage.c_str()
                                : "memory ran out while the report was made";
    outcome.lost = !WriteBareReport(trigger, ++sequence_, why, platform::MonotonicNs() + kBareReportNs);
  }
  WithinMemory([] {
    const std::string why = platform::WhyNot(platform::OwnCall::kGetdents64);
    if (!why.empty())
      Notify("GMR_LISTING_DENIED: threads without JavaScript and child processes are not listed: " + why);
  });
  WithinMemory([this] { patrol_.Resume(); });
  return outcome;
}

// Simultaneous callers share one photograph. Every caller gets an answer; it is empty when no photograph
// could be made.
void Reporter::AnswerApi(const std::vector<PhotographListener>& listeners) {
  std::string json;
  const MemoryPlan memory = PlanWithinMemory();
  WithinMemory([&memory] { ExamineCalls(memory); });
  const bool made = memory.extent != ReportExtent::kBare &&
                    (WithinMemory([&] { json = MakePhotographJson(memory); }) ||
                     WithinMemory([&] { json = MakePhotographJson(PlanAfterFailure()); }));
  if (!made) json.clear();
  for (const PhotographListener& listener : listeners) WithinMemory([&] { listener(json); });
  WithinMemory([this] { patrol_.Resume(); });
}

}  // namespace gmr::reporter

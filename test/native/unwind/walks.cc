#include "walks.h"

#include <unwind.h>

#include <memory>

#include "../../../native/base/clock.h"
#include "../../../native/process/threads/own_registers.h"
#include "../../../native/process/threads/passive_probe.h"
#include "../../../native/process/threads/syscall_describe.h"

namespace gmr::test {

using platform::Registers;
using platform::StepOutcome;

namespace {

constexpr size_t kMaxFrames = 256;

const char* EndName(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::kStepped:
      return "limit";
    case StepOutcome::kNoInfo:
      return "no info";
    case StepOutcome::kEndOfStack:
      return "end of stack";
    case StepOutcome::kNeedsFramePointer:
    case StepOutcome::kBroken:
      return "broken";
  }
  return "?";
}

_Unwind_Reason_Code AddFrame(_Unwind_Context* context, void* data) {
  auto* pcs = static_cast<std::vector<platform::Address>*>(data);
  if (const platform::Address pc(_Unwind_GetIP(context)); !pc.IsNull()) pcs->push_back(pc);
  return pcs->size() < kMaxFrames ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// For a thread with JavaScript on its stack: V8's code has no unwind table.
class JavaScriptJudge final : public platform::ChainJudge {
 public:
  explicit JavaScriptJudge(Preparation* preparation)
      : modules_(preparation->modules),
        tables_(std::make_unique<platform::EhFrameReader>(&preparation->reader)) {}

  platform::ChainVerdict AtFrame(const Registers& registers) override {
    platform::UnwindEntry entry;
    const platform::Module* module = modules_.Find(registers.pc());
    const bool has_table = module != nullptr && tables_->Find(*module, registers.pc() - 1, &entry);
    return has_table ? platform::ChainVerdict::kGoOn : platform::ChainVerdict::kBelieved;
  }
  platform::ChainVerdict AtEndOfStack() override { return platform::ChainVerdict::kRefuted; }

 private:
  const platform::ModuleList& modules_;
  std::unique_ptr<platform::EhFrameReader> tables_;
};

}  // namespace

Preparation::Preparation()
    : modules(platform::ModuleList::Collect(&reader)), stepper(&reader, &modules, &maps) {
  auto read = platform::ProcMaps::Read();
  if (read.ok()) maps = std::move(read.value());
}

Walk WalkFrom(Preparation* preparation, const Registers& start, bool pc_is_exact,
              platform::ChainJudge* judge) {
  Walk walk;
  Registers registers = start;
  platform::NativeStep step;
  step.pc_is_exact = pc_is_exact;
  do {
    walk.pcs.push_back(registers.pc());
    step = preparation->stepper.Step(step.pc_is_exact, &registers, judge);
    if (step.is_approximate) ++walk.approximate_steps;
  } while (step.outcome == StepOutcome::kStepped && walk.pcs.size() < kMaxFrames);
  walk.end = EndName(step.outcome);
  return walk;
}

Walk WalkBlockedThread(Preparation* preparation, int tid, bool runs_javascript) {
  constexpr int kTries = 5;
  platform::NativeThreadJudge native_judge;
  JavaScriptJudge javascript_judge(preparation);
  platform::ChainJudge* judge = &native_judge;
  if (runs_javascript) judge = &javascript_judge;
  Walk walk;
  walk.end = "not blocked";
  for (int i = 0; i < kTries; ++i) {
    const int64_t start_ns = platform::MonotonicNs();
    preparation->reader.Forget();
    const platform::ThreadPlace before = platform::ReadThreadPlace(tid);
    if (before.state != platform::PlaceState::kBlocked) continue;
    walk = WalkFrom(preparation, before.ToRegisters(), true, judge);
    walk.doing = platform::DescribeSyscall(before, &preparation->reader).view();
    walk.capture_us = platform::MsBetween(start_ns, platform::MonotonicNs()) * 1e3;
    if (platform::Unmoved(before, platform::ReadThreadPlace(tid))) return walk;
    walk = Walk();
    walk.end = "moved";
  }
  return walk;
}

__attribute__((noinline)) Walk WalkOwnStack(Preparation* preparation) {
  preparation->reader.Forget();
  Registers registers;
  platform::ReadOwnRegisters(&registers);
  // Exact: the pc is in this function.
  platform::NativeThreadJudge judge;
  return WalkFrom(preparation, registers, true, &judge);
}

__attribute__((noinline)) std::vector<platform::Address> BacktraceOfRuntime() {
  std::vector<platform::Address> pcs;
  _Unwind_Backtrace(AddFrame, &pcs);
  return pcs;
}

}  // namespace gmr::test

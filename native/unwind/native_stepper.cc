#include "native_stepper.h"

namespace gmr::platform {

NativeStep NativeStepper::Step(bool pc_is_exact, Registers* registers, ChainJudge* judge) {
  const Module* module = modules_->Find(registers->pc() - (pc_is_exact ? 0 : 1));
  if (module == nullptr) return NativeStep{StepOutcome::kNoInfo, false, false, true};
  const StepResult step = unwinder_.Step(*module, pc_is_exact, registers);
  if (step.outcome == StepOutcome::kNeedsFramePointer) {
    return StepWithSearch(*module, pc_is_exact, step, registers, judge);
  }
  if (step.outcome != StepOutcome::kNoInfo) return NativeStep{step.outcome, step.pc_is_exact, false};
  if (IsOutermost(*registers)) return NativeStep{StepOutcome::kEndOfStack, false, false};

  Registers caller = *registers;
  if (!StepByFramePointer(reader_, &caller) || !maps_->IsExecutable(caller.pc())) return NativeStep();
  *registers = caller;
  return NativeStep{StepOutcome::kStepped, false, true};
}

NativeStep NativeStepper::StepWithSearch(const Module& module, bool pc_is_exact, const StepResult& stuck,
                                         Registers* registers, ChainJudge* judge) {
  const FoundFramePointer found = search_.Find(*registers, pc_is_exact, stuck, judge);
  if (found.frame_pointer.IsNull()) return NativeStep{StepOutcome::kBroken, false, false};
  registers->Set(kFramePointer, found.frame_pointer);
  const StepResult step = unwinder_.Step(module, pc_is_exact, registers);
  if (step.outcome != StepOutcome::kStepped) registers->Forget(kFramePointer);
  return NativeStep{step.outcome, step.pc_is_exact, found.is_approximate};
}

}  // namespace gmr::platform

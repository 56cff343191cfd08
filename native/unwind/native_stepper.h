// NativeStepper: one native frame up, by the best means that there is.
//
// Owns:        a CfiUnwinder.
// Threads:     one at a time.
// Signal-safe: no; but Step() takes no lock and does not allocate, so it may run
//              while the thread whose stack it reads is parked.
// Lifetime:    not beyond what it was made with. About 30 KiB: not for a small stack.
#ifndef GMR_NATIVE_UNWIND_NATIVE_STEPPER_H_
#define GMR_NATIVE_UNWIND_NATIVE_STEPPER_H_

#include <cstdint>

#include "../base/registers.h"
#include "../process/modules.h"
#include "../process/proc_maps.h"
#include "../process/safe_read.h"
#include "cfi_unwinder.h"
#include "frame_pointer_search.h"

namespace gmr::platform {

struct NativeStep {
  // Never kNeedsFramePointer: that is answered here, or it is kBroken.
  StepOutcome outcome = StepOutcome::kNoInfo;
  bool pc_is_exact = false;
  // The caller was guessed, not computed. What is above it in the same chain is
  // as uncertain; a frame that V8 records itself is certain again.
  bool is_approximate = false;
  // kNoInfo, because the pc is in no module.
  bool is_unknown_code = false;
};

class NativeStepper {
 public:
  NativeStepper(MemoryReader* reader, const ModuleList* modules, const ProcMaps* maps)
      : reader_(reader),
        modules_(modules),
        maps_(maps),
        unwinder_(reader),
        search_(reader, &unwinder_, modules, maps) {}
  NativeStepper(const NativeStepper&) = delete;
  NativeStepper& operator=(const NativeStepper&) = delete;

  // Replaces `registers` by the caller's with kStepped, else leaves them.
  // kNoInfo: the pc is in no module, or no way leads on. V8's code is the
  // caller's matter, before this: its builtins may lie within a module.
  NativeStep Step(bool pc_is_exact, Registers* registers, ChainJudge* judge);

 private:
  NativeStep StepWithSearch(const Module& module, bool pc_is_exact, const StepResult& stuck,
                            Registers* registers, ChainJudge* judge);

  MemoryReader* reader_;
  const ModuleList* modules_;
  const ProcMaps* maps_;
  CfiUnwinder unwinder_;
  FramePointerSearch search_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_NATIVE_STEPPER_H_

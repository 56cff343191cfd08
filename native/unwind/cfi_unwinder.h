// CfiUnwinder: from the registers of a frame to those of its caller.
//
// Owns:        a copy of one unwind entry at a time.
// Threads:     one at a time.
// Signal-safe: no; but Step() takes no lock and does not allocate, so it may run
//              while the thread whose stack it reads is parked.
// Lifetime:    not beyond its MemoryReader. About 30 KiB: not for a small stack.
//
// Needs what every C and C++ compiler emits for exceptions, and neither frame
// pointers nor debug information.
#ifndef GMR_NATIVE_UNWIND_CFI_UNWINDER_H_
#define GMR_NATIVE_UNWIND_CFI_UNWINDER_H_

#include <cstdint>
#include <optional>

#include "../base/registers.h"
#include "../process/modules.h"
#include "../process/safe_read.h"
#include "cfi_program.h"
#include "eh_frame.h"

namespace gmr::platform {

enum class StepOutcome : uint8_t {
  kStepped,
  kNoInfo,             // no table covers the pc: generated code, or a module without one
  kEndOfStack,         // the outermost frame: it has no caller
  kNeedsFramePointer,  // the frame counts from the frame pointer, which is not known
  kBroken,             // the table or the stack makes no sense
};

struct StepResult {
  StepOutcome outcome = StepOutcome::kNoInfo;
  // kStepped: the caller was interrupted by a signal, so its pc is no return address.
  bool pc_is_exact = false;
  // Of the frame that was left: where its function begins; 0 with kNoInfo.
  Address function_start;
  // Bytes from the lowest register that the frame saved to its CFA, with the
  // return address; only of use with kNeedsFramePointer.
  int64_t saved_bytes = 0;
};

class CfiUnwinder {
 public:
  explicit CfiUnwinder(MemoryReader* reader) : reader_(reader), eh_frame_(reader) {}

  // Replaces `registers` by the caller's, unless the outcome is another than
  // kStepped. `pc_is_exact`: the pc is where the thread stopped, and not the
  // address behind a call, which may already belong to the next function.
  StepResult Step(const Module& module, bool pc_is_exact, Registers* registers);

 private:
  std::optional<Address> ComputeCfa(const UnwindRow& row, const Registers& registers);
  void Recover(int which, const Rule& rule, Address cfa, const Registers& registers, Registers* caller);

  MemoryReader* reader_;
  EhFrameReader eh_frame_;
  CfiProgram program_;
};

// Where no table covers the pc: is this the first frame of a thread? On arm64, the start-up code of a program
// may have no table, but the ABI wants a frame pointer of 0 there.
bool IsOutermost(const Registers& registers);

// Follows the frame pointer alone, where no table covers the pc. False unless it
// leads up the stack, and always on arm64. Keeps nothing but pc, stack pointer and frame pointer.
bool StepByFramePointer(MemoryReader* reader, Registers* registers);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_CFI_UNWINDER_H_

// FramePointerSearch: finds the frame pointer of a frame where only the stack
// pointer and the program counter are known.
//
// Owns:        nothing.
// Threads:     one at a time.
// Signal-safe: no; but Find() takes no lock and does not allocate.
// Lifetime:    not beyond what it was made with.
//
// /proc gives a blocked thread's stack pointer and program counter, no other
// register. Most frames need no more, and the first callee that saved the frame
// pointer gives it back. For the rest there is arithmetic on the function's
// prologue, and then a search on the stack. Every candidate is followed to the
// end of the native frames and counts only when it arrives in a believable
// place: a plain search prints plausible nonsense from dead stack data.
#ifndef GMR_NATIVE_UNWIND_FRAME_POINTER_SEARCH_H_
#define GMR_NATIVE_UNWIND_FRAME_POINTER_SEARCH_H_

#include <cstdint>

#include "../base/registers.h"
#include "../process/modules.h"
#include "../process/proc_maps.h"
#include "../process/safe_read.h"
#include "cfi_unwinder.h"

namespace gmr::platform {

enum class ChainVerdict : uint8_t {
  kGoOn,      // an ordinary native frame
  kBelieved,  // a good place to arrive at
  kRefuted,   // this cannot be: the candidate is wrong
};

// Knows where a chain of native frames should end. Must not allocate or lock.
class ChainJudge {
 public:
  // Asked at each frame that a candidate leads to, before it is left.
  virtual ChainVerdict AtFrame(const Registers& registers) = 0;
  // Asked when the chain reaches the first function of the thread.
  virtual ChainVerdict AtEndOfStack() = 0;

 protected:
  ~ChainJudge() = default;
};

// For threads without JavaScript: the chain must reach the thread's first function.
class NativeThreadJudge final : public ChainJudge {
 public:
  ChainVerdict AtFrame(const Registers&) override { return ChainVerdict::kGoOn; }
  ChainVerdict AtEndOfStack() override { return ChainVerdict::kBelieved; }
};

struct FoundFramePointer {
  Address frame_pointer;  // 0: none is believable
  // Found on the stack and not computed: frames from here on may be of an
  // earlier call. To be marked in the report.
  bool is_approximate = false;
};

class FramePointerSearch {
 public:
  FramePointerSearch(MemoryReader* reader, CfiUnwinder* unwinder, const ModuleList* modules,
                     const ProcMaps* maps)
      : reader_(reader), unwinder_(unwinder), modules_(modules), maps_(maps) {}

  // `step` is the result with kNeedsFramePointer that Step() gave for `registers`.
  FoundFramePointer Find(const Registers& registers, bool pc_is_exact, const StepResult& step,
                         ChainJudge* judge);

 private:
  struct Frame;
  enum class Call : uint8_t { kNone, kToSomewhere, kToFunction };

  Address ComputeFromPrologue(const Frame& frame);
  FoundFramePointer SearchStack(const Frame& frame);
  bool Test(const Frame& frame, Address candidate, Call least);
  bool ArrivesWell(Registers registers, bool pc_is_exact, ChainJudge* judge);
  Call CallBefore(Address return_address, Address function_start);

  MemoryReader* reader_;
  CfiUnwinder* unwinder_;
  const ModuleList* modules_;
  const ProcMaps* maps_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_FRAME_POINTER_SEARCH_H_

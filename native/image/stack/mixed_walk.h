// MixedWalker: a whole stack, V8's frames and native ones in their true order.
//
// Owns:        a NativeStepper, a JsFrames and a scratch list: some 130 KiB.
// Threads:     one at a time. The thread whose stack it is must not run: it is
//              parked, or it proves afterwards that it did not move.
// Signal-safe: no; but only the constructor allocates, and nothing takes a lock.
// Lifetime:    not beyond what it was made with. Frames' texts are in the Arena.
#ifndef GMR_NATIVE_IMAGE_STACK_MIXED_WALK_H_
#define GMR_NATIVE_IMAGE_STACK_MIXED_WALK_H_

#include <cstdint>

#include "../../base/containers/arena.h"
#include "../../unwind/native_stepper.h"
#include "js_frames.h"

namespace gmr::vm {

struct WalkStart {
  platform::Registers registers;
  // Stopped in the middle of its work: the pc is not that of a call, and the registers are live. This matters
  // for V8's code only, which makes no system calls. A thread that the signal met in one, because it began
  // after the last look at the thread, is in native code.
  bool is_parked = false;
  // Address of its v8::Isolate; 0: unknown, or it has none.
  platform::Address isolate;
};

struct WalkEnd {
  bool is_complete = false;   // it reached the first function of the thread
  bool has_gap = false;       // native frames are missing above the innermost JavaScript
  bool is_truncated = false;  // the list was full
  // It ended at code that is neither V8's nor in a module: it may have been compiled after these were listed.
  bool met_unknown_code = false;
  platform::Address last_sp;  // stack pointer of the outermost frame
};

class MixedWalker {
 public:
  // `layout` null: V8's frames cannot be decoded, and the walk ends at them.
  MixedWalker(const Layout* layout, platform::MemoryReader* memory, platform::Arena* arena,
              const platform::ModuleList* modules, const platform::ProcMaps* maps, const CodeRanges* ranges);
  MixedWalker(const MixedWalker&) = delete;
  MixedWalker& operator=(const MixedWalker&) = delete;

  // Of kNative frames: kExact, or kApproximate where they were guessed; their
  // pc is where to look for the symbol, so of callers one byte before the
  // return address. kGlue and nameless builtins are omitted.
  WalkEnd Walk(const WalkStart& start, FrameList* list);

  // Decodes JavaScript's frames; what it found in the last walk is valid until the next one.
  JsFrames& js() { return js_; }

 private:
  class Judge;

  bool StepV8(const WalkStart& start, bool is_top, platform::Registers* registers, FrameList* list);
  bool JumpToJavaScript(const WalkStart& start, platform::Registers* registers) const;

  const Layout* layout_;
  platform::MemoryReader* memory_;
  const CodeRanges* ranges_;
  platform::NativeStepper native_;
  JsFrames js_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_MIXED_WALK_H_

#include "mixed_walk.h"

#include "entry_frame.h"

namespace gmr::vm {

namespace {

using platform::ChainVerdict;
using platform::Registers;
using platform::StepOutcome;

// JsFrames wants a layout even where it is never asked.
const Layout& AnyLayout(const Layout* layout) {
  static const Layout none{};
  return layout != nullptr ? *layout : none;
}

bool AppendNative(const Registers& registers, bool pc_is_exact, bool is_approximate, FrameList* list) {
  RawFrame* frame = list->Append();
  if (frame == nullptr) return false;
  frame->kind = RawFrameKind::kNative;
  frame->quality = is_approximate ? RawFrameQuality::kApproximate : RawFrameQuality::kExact;
  frame->pc = registers.pc() - (pc_is_exact ? 0 : 1);
  return true;
}

// V8's machinery, its nameless builtins too, says nothing to anybody who does not work on V8.
bool IsGlue(const RawFrame& frame) {
  return frame.kind == RawFrameKind::kGlue || (frame.kind == RawFrameKind::kBuiltin && frame.name[0] == 0);
}

void DropGlue(size_t from, FrameList* list) {
  size_t kept = from;
  for (size_t i = from; i < list->count; ++i) {
    if (!IsGlue(list->frames[i])) list->frames[kept++] = list->frames[i];
  }
  list->count = kept;
}

}  // namespace

// Where may a guessed chain of native frames arrive?
class MixedWalker::Judge final : public platform::ChainJudge {
 public:
  Judge(MixedWalker* walker, platform::Address entry_fp) : walker_(walker), entry_fp_(entry_fp) {}

  // From here on, the innermost JavaScript is behind us.
  void PassJavaScript() { entry_fp_ = platform::Address(); }

  ChainVerdict AtFrame(const Registers& registers) override {
    if (walker_->layout_ == nullptr || !walker_->js_.IsV8Code(registers.pc())) return ChainVerdict::kGoOn;
    if (!registers.Has(platform::kFramePointer)) return ChainVerdict::kBelieved;
    // V8 noted the frame from which it left for C++. Calls from machine code
    // into C++ that leave no note are not found by a guess, then.
    if (!entry_fp_.IsNull()) {
      return registers.fp() == entry_fp_ ? ChainVerdict::kBelieved : ChainVerdict::kRefuted;
    }
    return walker_->js_.IsFrame(registers) ? ChainVerdict::kBelieved : ChainVerdict::kRefuted;
  }

  ChainVerdict AtEndOfStack() override {
    return entry_fp_.IsNull() ? ChainVerdict::kBelieved : ChainVerdict::kRefuted;
  }

 private:
  MixedWalker* walker_;
  platform::Address entry_fp_;  // 0: there is no JavaScript to be met, or it is not known
};

MixedWalker::MixedWalker(const Layout* layout, platform::MemoryReader* memory, platform::Arena* arena,
                         const platform::ModuleList* modules, const platform::ProcMaps* maps,
                         const CodeRanges* ranges)
    : layout_(layout),
      memory_(memory),
      ranges_(ranges),
      native_(memory, modules, maps),
      js_(&AnyLayout(layout), memory, arena) {}

bool MixedWalker::JumpToJavaScript(const WalkStart& start, Registers* registers) const {
  return layout_ != nullptr && !start.isolate.IsNull() &&
         LoadEntryRegisters(start.isolate, layout_->isolate_entry_fp, *layout_, memory_, registers);
}

// False: the chain of V8's frames ends here.
bool MixedWalker::StepV8(const WalkStart& start, bool is_top, Registers* registers, FrameList* list) {
  const bool has_frame = registers->Has(platform::kFramePointer) || js_.RecoverFramePointer(registers) ||
                         JumpToJavaScript(start, registers);
  return has_frame && js_.Step(registers, is_top, list) != NextFrame::kBroken;
}

WalkEnd MixedWalker::Walk(const WalkStart& start, FrameList* list) {
  WalkEnd end;
  Registers registers = start.registers;
  Registers entry;
  js_.StartCapture(ranges_);
  bool may_jump = JumpToJavaScript(start, &entry);
  Judge judge(this, may_jump ? entry.fp() : platform::Address());
  bool is_top = start.is_parked;
  bool pc_is_exact = true;
  bool is_approximate = false;

  for (;;) {
    const size_t before = list->count;
    if (layout_ != nullptr && (registers.pc().IsNull() || js_.IsV8Code(registers.pc()))) {
      const bool goes_on = StepV8(start, is_top, &registers, list);
      DropGlue(before, list);
      if (!goes_on) break;
      judge.PassJavaScript();
      may_jump = false;
      is_approximate = false;  // V8 recorded this frame itself
      pc_is_exact = false;
    } else {
      if (!AppendNative(registers, pc_is_exact, is_approximate, list)) break;
      const platform::NativeStep step = native_.Step(pc_is_exact, &registers, &judge);
      // The next frame would be a guess, which only V8's record of its last frame could confirm.
      if (step.is_approximate && layout_ == nullptr && !start.isolate.IsNull()) break;
      is_approximate = is_approximate || step.is_approximate;
      pc_is_exact = step.pc_is_exact;
      end.is_complete = step.outcome == StepOutcome::kEndOfStack;
      end.met_unknown_code = step.is_unknown_code;
      if (step.outcome != StepOutcome::kStepped) {
        // No way through this native code: go on where V8 noted that it left.
        if (!may_jump) break;
        registers = entry;
        end.has_gap = true;
        may_jump = false;
      }
    }
    is_top = false;
  }
  end.is_truncated = list->count == list->capacity;
  end.last_sp = registers.sp();
  return end;
}

}  // namespace gmr::vm

// Decoder: a whole stack of a stopped thread, for the test addon only.
//
// Owns:        all that a capture needs, made once.
// Threads:     Prepare() on the isolate's thread, the rest on one other.
// Signal-safe: no.
// Lifetime:    leaked on purpose.
#ifndef GMR_TEST_NATIVE_JSFRAMES_DECODER_H_
#define GMR_TEST_NATIVE_JSFRAMES_DECODER_H_

#include <memory>
#include <vector>

#include "../../../native/image/stack/entry_frame.h"
#include "../../../native/image/stack/js_frames.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

struct Start {
  platform::Address isolate;
  int32_t entry_fp_offset = -1;
};

struct Walk {
  bool complete = false;  // reached the thread's first native frame below JavaScript
  int steps = 0;
};

class Decoder {
 public:
  explicit Decoder(const vm::Layout* layout)
      : layout_(layout),
        arena_(kArenaBytes),
        frames_(kMaxFrames),
        decoder_(std::make_unique<vm::JsFrames>(layout, &memory_, &arena_)) {}

  vm::FrameList& list() { return list_; }
  const vm::ScriptList& scripts() const { return decoder_->scripts(); }

  // The C++ between JavaScript frames is left by its frame pointers, which node
  // itself is built with: this test is about V8's frames only.
  Walk Run(const Start& start, const vm::CodeRanges& ranges) {
    Walk walk;
    platform::Registers registers;
    memory_.Forget();
    arena_.Reset();
    list_ = {frames_.data(), frames_.size(), 0};
    decoder_->StartCapture(&ranges);
    if (!vm::LoadEntryRegisters(start.isolate, start.entry_fp_offset, *layout_, &memory_, &registers))
      return walk;
    auto next = vm::NextFrame::kV8;
    for (; walk.steps < kMaxSteps && next != vm::NextFrame::kBroken; ++walk.steps) {
      next = next == vm::NextFrame::kV8 ? decoder_->Step(&registers, false, &list_) : StepNative(&registers);
    }
    walk.complete = next == vm::NextFrame::kBroken && reached_end_;
    for (size_t i = 0; i < list_.count; ++i) decoder_->ReadCode(&frames_[i]);
    return walk;
  }

 private:
  static constexpr size_t kArenaBytes = size_t{1} << 20;
  static constexpr size_t kMaxFrames = 16384;
  static constexpr int kMaxSteps = 100'000;

  vm::NextFrame StepNative(platform::Registers* registers) {
    platform::Address links[2];
    const platform::Address fp = registers->fp();
    reached_end_ =
        !memory_.Read(fp, links, sizeof links) || links[0] <= fp || links[1] < platform::Address(4096);
    if (reached_end_) return vm::NextFrame::kBroken;
    platform::Registers caller;
    caller.Set(platform::kProgramCounter, links[1]);
    caller.Set(platform::kStackPointer, fp + 16);
    caller.Set(platform::kFramePointer, links[0]);
    *registers = caller;
    return decoder_->IsV8Code(links[1]) ? vm::NextFrame::kV8 : vm::NextFrame::kNative;
  }

  const vm::Layout* layout_;
  platform::SelfMemory self_;
  platform::MemoryReader memory_{&self_};
  platform::Arena arena_;
  std::vector<vm::RawFrame> frames_;
  vm::FrameList list_;
  std::unique_ptr<vm::JsFrames> decoder_;
  bool reached_end_ = false;
};

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_JSFRAMES_DECODER_H_

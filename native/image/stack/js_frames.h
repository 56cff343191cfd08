// JsFrames: decodes the frames that V8 put on a stack, from memory.
//
// Owns:        tables of some 100 KiB, made once.
// Threads:     one at a time. The thread whose stack it is must not run: it is
//              parked, it waits, or it proves afterwards that it did not move.
// Signal-safe: no; but only the constructor allocates, and nothing takes a lock.
// Lifetime:    texts are in the Arena, until that is reset.
//
// Use: StartCapture(), then for each program counter that is V8's, Step().
// Native frames between are the caller's: Step() says when they begin.
#ifndef GMR_NATIVE_IMAGE_STACK_JS_FRAMES_H_
#define GMR_NATIVE_IMAGE_STACK_JS_FRAMES_H_

#include <cstdint>

#include "../../base/containers/arena.h"
#include "../../base/registers.h"
#include "../../process/safe_read.h"
#include "../objects/code_reader.h"
#include "../objects/layout.h"
#include "../objects/receiver_class.h"
#include "../objects/shared_function.h"
#include "code_lookup.h"
#include "code_ranges.h"
#include "deopt_frames.h"
#include "interpreter_place.h"
#include "raw_frame.h"

namespace gmr::vm {

enum class NextFrame : uint8_t {
  kV8,      // Step() again
  kNative,  // the registers are those of a frame that is not V8's
  kBroken,  // the chain of frames cannot be followed any further
};

class JsFrames {
 public:
  JsFrames(const Layout* layout, platform::MemoryReader* memory, platform::Arena* arena);
  JsFrames(const JsFrames&) = delete;
  JsFrames& operator=(const JsFrames&) = delete;

  // Before each capture, when the Arena was reset. `ranges` must live until the next.
  void StartCapture(const CodeRanges* ranges);

  bool IsV8Code(platform::Address pc) const { return ranges_ != nullptr && ranges_->Has(pc); }

  // Appends the frames at `registers`: none, one, or with inlined functions
  // several. Then moves `registers` to the caller: pc, sp, frame pointer, and
  // where JavaScript was entered the registers that its caller had saved.
  // `is_top`: the thread was stopped here; else pc is a return address.
  // Registers without a pc are those of an exit frame, see entry_frame.h.
  // kBroken as well when the list is full, so that every walk ends.
  NextFrame Step(platform::Registers* registers, bool is_top, FrameList* list);

  // Reads the class of the receiver and the source text of a frame that Step() appended, since
  // StartCapture().
  void ReadCode(RawFrame* frame);
  // The scripts of the frames that were given to ReadCode().
  const ScriptList& scripts() const { return texts_.scripts(); }

  // Whether a frame of V8's is where `registers` say, as far as its own words show.
  bool IsFrame(const platform::Registers& registers);

  // A passive capture may arrive at V8's code without a frame pointer: no native
  // frame in between saved it. V8 calls C++ from small frames only, so that of
  // the caller is near the stack pointer. False: nothing like it is there.
  bool RecoverFramePointer(platform::Registers* registers) const;

 private:
  struct Place;

  bool LoadPlace(const platform::Registers& registers, bool is_top, Place* place) const;
  NextFrame NextOf(const platform::Registers& registers) const;
  bool StepOutOfFrameless(platform::Registers* registers);
  bool IsBuiltin(platform::Address pc) const {
    return ranges_ != nullptr && ranges_->OwnerOf(pc) == CodeOwner::kBuiltins;
  }
  bool IsUnfinished(const platform::Registers& registers, const Place& place) const;

  bool ReturnsIntoCode(const platform::Registers& registers, Place* place);
  bool GuessPlace(platform::Address pc, Place* place);

  void AppendTyped(const Place& place, FrameType type, FrameList* list);
  void AppendJs(const platform::Registers& registers, Place place, FrameList* list);
  void AppendUnoptimized(const Place& place, const FunctionInfo& info, FrameList* list);
  void AppendBaseline(const Place& place, const FunctionInfo& info, const CodeObject& code, FrameList* list);
  void AppendOptimized(const Place& place, const FunctionInfo& info, const CodeObject& code, FrameList* list);
  void AppendInlined(const Place& place, const FunctionInfo& own, const InlinedFrame& inlined,
                     RawFrameQuality quality, FrameList* list);
  RawFrameQuality DecodeInlined(const Place& place, const FunctionInfo& own, const CodeObject& code);
  bool IsCredible(const FunctionInfo& own);

  Tagged LoadWord(const Place& place, int32_t offset) const;
  RawFrame* AppendFunction(const Place& place, const FunctionInfo& info, FrameList* list);
  void SetPosition(const FunctionInfo& info, int32_t script_offset, RawFrameQuality quality, RawFrame* frame);
  NextFrame MoveToCaller(const Place& place, FrameType type, platform::Registers* registers);

  HeapReader heap_;
  RawStrings strings_;
  ScriptTable scripts_;
  FunctionTable functions_;
  CodeLookup code_;
  ReceiverClass classes_;
  CodeReader texts_;
  const CodeRanges* ranges_ = nullptr;
  // Of the thread that was stopped, until its first frame is appended: a handler of a bytecode without a
  // frame of its own, or with one that it is making, has not stored them yet.
  InterpreterRegisters live_;
  InlinedFrames inlined_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_JS_FRAMES_H_

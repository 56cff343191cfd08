#include "js_frames.h"

#include <cstring>

#include "../objects/source_positions.h"
#include "frame_arch.h"
#include "top_frame.h"

namespace gmr::vm {

namespace {

// A larger step is no frame but a wrong number.
constexpr uint64_t kMaxFrameBytes = uint64_t{16} << 20;
// How far V8's frame may be from the stack pointer of the C++ that it called.
constexpr uint64_t kMaxExitFrameBytes = 1024;
// What a builtin without a frame may have pushed above its return address.
constexpr uint64_t kMaxPushedBytes = 64;

bool IsInside(platform::Address fp, platform::Address caller_fp) {
  return caller_fp > fp && caller_fp - fp <= kMaxFrameBytes && caller_fp % 8 == 0;
}

bool IsNodeInternal(const char* file) { return std::strncmp(file, "node:", 5) == 0; }

RawFrameTier TierOf(const Layout& layout, const CodeObject& code) {
  if (code.kind == layout.kind_turbofan) return RawFrameTier::kTurbofan;
  if (code.kind == layout.kind_maglev) return RawFrameTier::kMaglev;
  if (code.kind == layout.kind_baseline) return RawFrameTier::kBaseline;
  return RawFrameTier::kNone;
}

// Of the frame that was appended last.
void MarkConstructor(FrameList* list) {
  if (list->count == 0) return;
  RawFrame& callee = list->frames[list->count - 1];
  if (callee.kind == RawFrameKind::kJs || callee.kind == RawFrameKind::kBuiltin) callee.is_constructor = true;
}

}  // namespace

struct JsFrames::Place {
  platform::Address pc;
  platform::Address fp;
  bool is_top = false;
  // pc is a guess, see ReturnsIntoCode().
  bool is_guess = false;
  Tagged marker;
  platform::Address caller_fp;
  platform::Address return_address;
};

JsFrames::JsFrames(const Layout* layout, platform::MemoryReader* memory, platform::Arena* arena)
    : heap_(memory, layout),
      strings_(&heap_, arena),
      scripts_(&heap_, &strings_),
      functions_(&heap_, &strings_, &scripts_),
      code_(&heap_),
      classes_(&heap_, &strings_, &functions_),
      texts_(&heap_, &strings_, &scripts_, arena) {}

void JsFrames::StartCapture(const CodeRanges* ranges) {
  ranges_ = ranges;
  live_ = InterpreterRegisters();
  scripts_.Reset();
  functions_.Reset();
  code_.Reset();
  texts_.Reset();
}

void JsFrames::ReadCode(RawFrame* frame) {
  if (frame->kind == RawFrameKind::kJs) frame->code = texts_.Read(frame->place);
  const bool may_be_method = frame->kind == RawFrameKind::kJs || frame->kind == RawFrameKind::kBuiltin;
  if (may_be_method && !frame->is_constructor)
    frame->class_name = classes_.PrefixOf(frame->receiver, frame->name);
}

bool JsFrames::LoadPlace(const platform::Registers& registers, bool is_top, Place* place) const {
  uint64_t marker = 0;
  platform::Address links[2];
  const platform::Address fp = registers.fp();
  const platform::Address marker_at = Tagged::At(fp).Slot(heap_.layout().fp_marker);
  if (fp < platform::Address(4096) || fp % 8 != 0 || !heap_.memory().Load(marker_at, &marker)) return false;
  if (!heap_.memory().Read(fp, links, sizeof links)) return false;
  *place = {registers.pc(), fp, is_top, false, Tagged(marker), links[0], links[1]};
  return true;
}

NextFrame JsFrames::Step(platform::Registers* registers, bool is_top, FrameList* list) {
  if (list->count == list->capacity) return NextFrame::kBroken;
  if (is_top)
    live_ = IsBuiltin(registers->pc()) ? InterpreterRegisters::Of(*registers) : InterpreterRegisters();
  if (is_top && StepOutOfFrameless(registers)) return NextOf(*registers);
  Place place;
  FrameType type = FrameType::kCount;
  if (!LoadPlace(*registers, is_top, &place)) return NextFrame::kBroken;
  if (is_top && IsUnfinished(*registers, place)) return MoveToCaller(place, type, registers);
  if (FrameTypeOf(heap_.layout(), place.marker.bits(), &type)) {
    AppendTyped(place, type, list);
  } else {
    AppendJs(*registers, place, list);
  }
  // Handlers of bytecodes have frames like other code of V8's.
  if (!is_top || type != FrameType::kStub) live_ = InterpreterRegisters();
  live_.is_behind_frame = true;
  return MoveToCaller(place, type, registers);
}

NextFrame JsFrames::NextOf(const platform::Registers& registers) const {
  if (registers.pc() < platform::Address(4096)) return NextFrame::kBroken;
  return IsV8Code(registers.pc()) ? NextFrame::kV8 : NextFrame::kNative;
}

NextFrame JsFrames::MoveToCaller(const Place& place, FrameType type, platform::Registers* registers) {
  platform::Registers caller;
  caller.Set(platform::kProgramCounter, place.return_address);
  caller.Set(platform::kStackPointer, place.fp + 16);
  caller.Set(platform::kFramePointer, place.caller_fp);
  // The C++ above an entry may use the frame pointer for anything.
  if (!IsEntry(type) && !IsInside(place.fp, place.caller_fp)) return NextFrame::kBroken;
  const NextFrame next = NextOf(caller);
  if (next == NextFrame::kNative && !RestoreNative(&heap_.memory(), type, place.fp, &caller)) {
    caller.Forget(platform::kStackPointer);
  }
  *registers = caller;
  return next;
}

bool JsFrames::StepOutOfFrameless(platform::Registers* registers) {
  CodeObject code;
  const platform::Address pc = registers->pc();
  const bool compiled =
      ranges_ != nullptr && ranges_->OwnerOf(pc) == CodeOwner::kJit && code_.Find(pc, &code);
  platform::Registers caller = *registers;
  if (!LeaveFrameless(&heap_.memory(), compiled ? code.start : platform::Address(), &caller)) return false;
  if (!IsV8Code(caller.pc())) return false;  // C++ called it, and its frame is not known here
  *registers = caller;
  return true;
}

// The words that say whose frame it is are pushed one by one. Where they are not
// yet, there is what an earlier call left.
bool JsFrames::IsUnfinished(const platform::Registers& registers, const Place& place) const {
  const platform::Address sp = registers.sp();
  if (sp > place.fp) return false;
  if (sp > Tagged::At(place.fp).Slot(heap_.layout().fp_marker)) return true;
  if (IsBeforeWords(&heap_.memory(), registers.pc())) return true;
  FrameType type = FrameType::kCount;
  return sp > Tagged::At(place.fp).Slot(heap_.layout().fp_function) &&
         !FrameTypeOf(heap_.layout(), place.marker.bits(), &type);
}

// Many builtins have no frame: stopped in one, the frame is that of the compiled
// function which called it, and the place in it is on the stack or in the link register.
bool JsFrames::ReturnsIntoCode(const platform::Registers& registers, Place* place) {
  if (!IsBuiltin(place->pc)) return false;
  if (GuessPlace(LinkOf(registers), place)) return true;
  const platform::Address sp = registers.sp();
  for (platform::Address slot = sp; slot < sp + kMaxPushedBytes && slot < place->fp; slot += 8) {
    platform::Address pc;
    if (!heap_.memory().Load(slot, &pc)) return false;
    if (GuessPlace(pc, place)) return true;
  }
  return false;
}

// False: `pc` is not in a compiled function.
bool JsFrames::GuessPlace(platform::Address pc, Place* place) {
  CodeObject code;
  if (ranges_->OwnerOf(pc) != CodeOwner::kJit || !code_.Find(pc, &code)) return false;
  if (TierOf(heap_.layout(), code) == RawFrameTier::kNone) return false;
  place->pc = pc;
  place->is_top = false;
  place->is_guess = true;
  return true;
}

bool JsFrames::IsFrame(const platform::Registers& registers) {
  Place place;
  FrameType type = FrameType::kCount;
  if (!LoadPlace(registers, false, &place)) return false;
  if (FrameTypeOf(heap_.layout(), place.marker.bits(), &type)) return true;
  FunctionInfo info;
  uint64_t function = 0;
  const platform::Address function_at = Tagged::At(place.fp).Slot(heap_.layout().fp_function);
  return heap_.memory().Load(function_at, &function) && functions_.FindByFunction(Tagged(function), &info);
}

bool JsFrames::RecoverFramePointer(platform::Registers* registers) const {
  const platform::Address sp = registers->sp();
  for (platform::Address fp = sp; fp < sp + kMaxExitFrameBytes; fp += 8) {
    platform::Registers candidate;
    Place place;
    FrameType type = FrameType::kCount;
    candidate.Set(platform::kFramePointer, fp);
    if (!LoadPlace(candidate, false, &place)) return false;
    if (!FrameTypeOf(heap_.layout(), place.marker.bits(), &type)) continue;
    if (!IsInside(fp, place.caller_fp) || !IsV8Code(place.return_address)) continue;
    registers->Set(platform::kFramePointer, fp);
    return true;
  }
  return false;
}

void JsFrames::AppendTyped(const Place& place, FrameType type, FrameList* list) {
  // It is between a constructor and the code that said `new`.
  if (type == FrameType::kConstruct || type == FrameType::kFastConstruct) MarkConstructor(list);
  FunctionInfo info;
  const platform::Address target_at = Tagged::At(place.fp).Slot(heap_.layout().fp_builtin_exit_target);
  uint64_t bits = 0;
  if (type == FrameType::kBuiltinExit && heap_.memory().Load(target_at, &bits) &&
      functions_.FindByFunction(Tagged(bits), &info) && !info.has_script && !info.is_api) {
    RawFrame* builtin = AppendFunction(place, info, list);
    if (builtin != nullptr) builtin->receiver = LoadWord(place, heap_.layout().fp_builtin_exit_receiver);
    return;
  }
  RawFrame* frame = list->Append();
  if (frame == nullptr) return;
  frame->kind = type == FrameType::kWasm ? RawFrameKind::kWasm : RawFrameKind::kGlue;
  frame->name = type == FrameType::kWasm ? "" : NameOf(type);
  frame->pc = place.pc;
  frame->frame_pointer = place.fp;
}

void JsFrames::AppendJs(const platform::Registers& registers, Place place, FrameList* list) {
  FunctionInfo info;
  uint64_t function = 0;
  const platform::Address function_at = Tagged::At(place.fp).Slot(heap_.layout().fp_function);
  // A function of the API runs native code, without a frame of JavaScript: V8 shows none, nor is this one.
  if (!heap_.memory().Load(function_at, &function) || !functions_.FindByFunction(Tagged(function), &info) ||
      info.is_api) {
    RawFrame* frame = list->Append();
    if (frame == nullptr) return;
    frame->kind = RawFrameKind::kGlue;
    frame->pc = place.pc;
    frame->frame_pointer = place.fp;
    return;
  }
  const size_t first = list->count;
  // A builtin with a frame of its own: whatever looks like a return address there is an old one.
  if (place.is_top && info.has_script) ReturnsIntoCode(registers, &place);
  CodeObject code;
  const bool compiled =
      ranges_ != nullptr && ranges_->OwnerOf(place.pc) == CodeOwner::kJit && code_.Find(place.pc, &code);
  const RawFrameTier tier = compiled ? TierOf(heap_.layout(), code) : RawFrameTier::kNone;
  if (tier == RawFrameTier::kTurbofan || tier == RawFrameTier::kMaglev) {
    AppendOptimized(place, info, code, list);
  } else if (tier == RawFrameTier::kBaseline) {
    AppendBaseline(place, info, code, list);
  } else {
    AppendUnoptimized(place, info, list);
  }
  // The caller pushed it for the function that the machine frame belongs to, the outermost of inlined ones.
  if (list->count > first)
    list->frames[list->count - 1].receiver = LoadWord(place, heap_.layout().fp_receiver);
}

Tagged JsFrames::LoadWord(const Place& place, int32_t offset) const {
  uint64_t bits = 0;
  return heap_.memory().Load(Tagged::At(place.fp).Slot(offset), &bits) ? Tagged(bits) : Tagged();
}

RawFrame* JsFrames::AppendFunction(const Place& place, const FunctionInfo& info, FrameList* list) {
  RawFrame* frame = list->Append();
  if (frame == nullptr) return nullptr;
  frame->kind = info.has_script ? RawFrameKind::kJs : RawFrameKind::kBuiltin;
  frame->quality = info.has_script ? RawFrameQuality::kFunction : RawFrameQuality::kExact;
  frame->pc = place.pc;
  frame->frame_pointer = place.fp;
  // As V8 names what eval() runs, and anonymous functions in it.
  frame->name = info.is_eval && *info.name == '\0' ? "eval" : info.name;
  frame->false_name = info.false_name;
  frame->file = info.file;
  frame->is_eval = info.is_eval;
  frame->is_user_code = info.has_script && !IsNodeInternal(info.file);
  if (frame->is_user_code) frame->place = {info.script, -1, info.start_position, 0, 0};
  return frame;
}

// `script_offset` < 0: unknown; then the line is where the function starts.
void JsFrames::SetPosition(const FunctionInfo& info, int32_t script_offset, RawFrameQuality quality,
                           RawFrame* frame) {
  if (!info.has_script) return;
  frame->quality = script_offset >= 0 ? quality : RawFrameQuality::kFunction;
  const int32_t offset = script_offset >= 0 ? script_offset : info.start_position;
  if (!scripts_.Locate(info.script, offset, &frame->line, &frame->column)) {
    frame->quality = RawFrameQuality::kFunction;
    frame->line = 0;
    frame->column = 0;
  }
  frame->place.offset = offset;
  frame->place.line = frame->line;
  frame->place.column = frame->column;
}

// Interpreted code, or a builtin that has a frame like JavaScript.
void JsFrames::AppendUnoptimized(const Place& place, const FunctionInfo& info, FrameList* list) {
  RawFrame* frame = AppendFunction(place, info, list);
  if (frame == nullptr || !info.has_script) return;
  const InterpreterPlace at = FindInterpreterPlace(heap_, place.fp, live_);
  if (at.is_interpreted) frame->tier = RawFrameTier::kInterpreter;
  const bool is_old = place.is_top && !at.is_live;
  SetPosition(info, at.script_offset, is_old ? RawFrameQuality::kApproximate : RawFrameQuality::kExact,
              frame);
}

void JsFrames::AppendBaseline(const Place& place, const FunctionInfo& info, const CodeObject& code,
                              FrameList* list) {
  RawFrame* frame = AppendFunction(place, info, list);
  if (frame == nullptr) return;
  frame->tier = RawFrameTier::kBaseline;
  Tagged bytecode;
  Tagged offsets;
  int32_t bytecode_offset = 0;
  int32_t script_offset = -1;
  const auto pc_offset = static_cast<int64_t>(place.pc - code.start);
  if (LoadBytecodeArray(heap_, place.fp, &bytecode) &&
      heap_.Load(code.code, heap_.layout().code_positions, &offsets) &&
      FindBaselineBytecodeOffset(heap_, offsets, bytecode, pc_offset, &bytecode_offset)) {
    FindBytecodePosition(heap_, bytecode, bytecode_offset, &script_offset);
  }
  SetPosition(info, script_offset, place.is_guess ? RawFrameQuality::kApproximate : RawFrameQuality::kExact,
              frame);
}

void JsFrames::AppendOptimized(const Place& place, const FunctionInfo& info, const CodeObject& code,
                               FrameList* list) {
  const RawFrameQuality quality = DecodeInlined(place, info, code);
  if (inlined_.constructs_callee) MarkConstructor(list);
  const size_t first = list->count;
  for (int i = 0; i < inlined_.count; ++i) AppendInlined(place, info, inlined_.at[i], quality, list);
  for (size_t i = first; i < list->count; ++i) {
    list->frames[i].tier = TierOf(heap_.layout(), code);
    list->frames[i].inlined = i - first + 1 < static_cast<size_t>(inlined_.count);
  }
}

RawFrameQuality JsFrames::DecodeInlined(const Place& place, const FunctionInfo& own, const CodeObject& code) {
  if (!place.is_top && DecodeDeoptFrames(heap_, code, place.pc, place.fp, &inlined_) && IsCredible(own)) {
    if (!place.is_guess) return RawFrameQuality::kExact;
    // A guess may be an old return address, into another function's code.
    FunctionInfo outermost;
    if (functions_.Find(inlined_.at[inlined_.count - 1].shared, &outermost) && outermost.shared == own.shared)
      return RawFrameQuality::kApproximate;
  }
  // Between calls, V8's own tables for profilers name wrong inlined functions now
  // and then. Whose code it is, is certain; more is not said.
  inlined_.count = 1;
  inlined_.at[0] = InlinedFrame();
  inlined_.constructs_callee = false;
  return RawFrameQuality::kFunction;
}

// All are functions, and the outermost is in the script of the frame's own.
bool JsFrames::IsCredible(const FunctionInfo& own) {
  FunctionInfo info;
  for (int i = 0; i < inlined_.count; ++i) {
    if (!functions_.Find(inlined_.at[i].shared, &info)) return false;
  }
  return info.has_script == own.has_script && info.script == own.script;
}

void JsFrames::AppendInlined(const Place& place, const FunctionInfo& own, const InlinedFrame& inlined,
                             RawFrameQuality quality, FrameList* list) {
  FunctionInfo info = own;
  if (inlined.shared != Tagged() && !functions_.Find(inlined.shared, &info)) return;
  FunctionInfo named;
  if (functions_.FindByFunction(inlined.function, &named) && named.shared == info.shared) info = named;
  if (info.shared == own.shared) info = own;
  // A builtin whose name is not known is not the function that called it.
  if (inlined.is_builtin && info.has_script) info = FunctionInfo();
  RawFrame* frame = AppendFunction(place, info, list);
  if (frame == nullptr) return;
  frame->is_constructor = inlined.is_constructor;
  if (!place.is_guess) frame->receiver = inlined.receiver;
  int32_t script_offset = inlined.script_offset;
  if (inlined.has_bytecode_offset) {
    FindBytecodePosition(heap_, info.bytecode, inlined.bytecode_offset, &script_offset);
  }
  SetPosition(info, script_offset, quality, frame);
}

}  // namespace gmr::vm

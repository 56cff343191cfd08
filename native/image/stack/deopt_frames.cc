#include "deopt_frames.h"

#include <algorithm>

#include "../objects/byte_cursor.h"
#include "../objects/source_positions.h"
#include "safepoint_table.h"

namespace gmr::vm {

namespace {

// Commands of one translation; V8's own largest are some thousands.
constexpr int kMaxCommands = 100'000;
constexpr int kMaxOperands = 8;
constexpr int32_t kWordsPerDeoptEntry = 3;
constexpr int64_t kMaxStackSlots = 1 << 20;

struct Command {
  int32_t opcode = -1;
  int64_t operands[kMaxOperands] = {};
};

// A translation says how to rebuild the frames of one call. To save memory, V8
// writes "as in the previous translation, n times": then commands are read
// from there, in step with those that are written out here.
class TranslationReader {
 public:
  TranslationReader(const TranslationOpcodes* opcodes, ByteCursor data, uint32_t start)
      : opcodes_(opcodes), own_(data), previous_(data) {
    own_.MoveTo(start);
  }

  // Signed operands; those that V8 stores unsigned are of no use here.
  bool Next(Command* command) {
    ByteCursor* from = NextSource(command);
    if (from == nullptr || command->opcode < 0 || command->opcode >= opcodes_->count) return false;
    const int count = opcodes_->operand_counts[command->opcode];
    for (int i = 0; i < count; ++i) {
      const int64_t operand = from->SignedMagnitude();
      if (i < kMaxOperands) command->operands[i] = operand;
    }
    return !from->failed();
  }

 private:
  bool IsBegin(int32_t opcode) const {
    return opcode >= opcodes_->begin_first && opcode <= opcodes_->begin_last;
  }

  // Where the operands of the next command are; sets its opcode.
  ByteCursor* NextSource(Command* command) {
    if (to_repeat_ > 0) return Repeat(command);
    const uint32_t position = own_.position();
    const int32_t opcode = own_.Byte();
    if (own_.failed()) return nullptr;
    if (opcode >= opcodes_->count) {
      to_repeat_ = opcode - opcodes_->count;  // a short count, in one byte
    } else if (opcode == opcodes_->count - 1) {
      to_repeat_ = static_cast<int64_t>(own_.Unsigned());
    } else {
      Enter(opcode, position);
      command->opcode = opcode;
      return &own_;
    }
    if (to_repeat_ <= 0 || to_repeat_ > kMaxCommands || !SkipReplaced()) return nullptr;
    return Repeat(command);
  }

  ByteCursor* Repeat(Command* command) {
    --to_repeat_;
    command->opcode = previous_.Byte();
    return previous_.failed() ? nullptr : &previous_;
  }

  void Enter(int32_t opcode, uint32_t position) {
    ++since_repeat_;
    if (!IsBegin(opcode)) return;
    since_repeat_ = 1;
    // The first operand: how far back the previous translation begins; 0: none.
    ByteCursor operands = own_;
    const uint64_t back = operands.Unsigned();
    if (back > 0 && back <= position) previous_.MoveTo(position - static_cast<uint32_t>(back));
  }

  // Commands that were written out stand for as many of the previous ones.
  bool SkipReplaced() {
    for (; since_repeat_ > 0; --since_repeat_) {
      const int32_t opcode = previous_.Byte();
      if (previous_.failed() || opcode >= opcodes_->count) return false;
      for (int i = 0; i < opcodes_->operand_counts[opcode]; ++i) previous_.Unsigned();
    }
    return !previous_.failed();
  }

  const TranslationOpcodes* opcodes_;
  ByteCursor own_;
  ByteCursor previous_;
  int64_t to_repeat_ = 0;
  int since_repeat_ = 0;
};

// The arrays of a DeoptimizationData.
struct DeoptData {
  Tagged data;
  Tagged literals;
};

bool OpenDeoptData(const HeapReader& heap, const CodeObject& code, DeoptData* out) {
  const Layout& layout = heap.layout();
  return heap.Load(code.code, layout.code_deopt_data, &out->data) && heap.IsArray(&out->data) &&
         heap.LoadElement(out->data, layout.deopt_literals, &out->literals) && heap.IsArray(&out->literals);
}

// (bytecode offset, index of the translation, pc)
bool FindTranslation(const HeapReader& heap, const DeoptData& deopt, int32_t index, Tagged* bytes,
                     uint32_t* start) {
  const Layout& layout = heap.layout();
  if (index < 0 || index > kMaxCommands) return false;
  int32_t at = 0;
  if (!heap.LoadSmiElement(deopt.data, layout.deopt_first_entry + kWordsPerDeoptEntry * int64_t{index} + 1,
                           &at)) {
    return false;
  }
  *start = static_cast<uint32_t>(at);
  return at >= 0 && heap.LoadElement(deopt.data, 0, bytes) && heap.IsByteArray(bytes);
}

bool InRange(int32_t opcode, int32_t first, int32_t last) { return opcode >= first && opcode <= last; }

// The frames of a translation, outermost first as V8 stores them.
class FrameCollector {
 public:
  FrameCollector(const HeapReader& heap, Tagged literals, platform::Address fp, InlinedFrames* frames)
      : heap_(heap), literals_(literals), fp_(fp), frames_(frames) {
    frames_->count = 0;
    frames_->constructs_callee = false;
  }

  bool awaits_value() const { return next_value_ != Value::kOther; }

  bool AddFrame(const TranslationOpcodes& opcodes, const Command& command) {
    const int32_t opcode = command.opcode;
    if (InRange(opcode, opcodes.construct_first, opcodes.construct_last)) {
      frames_->constructs_callee = true;
      return true;
    }
    const bool interpreted = InRange(opcode, opcodes.interpreted_first, opcodes.interpreted_last);
    const bool builtin = InRange(opcode, opcodes.js_continuation_first, opcodes.js_continuation_last);
    if (!interpreted && !builtin) return true;
    if (frames_->count == kMaxInlinedFrames) return false;
    InlinedFrame& frame = frames_->at[frames_->count++];
    frame = InlinedFrame();
    frame.is_builtin = builtin;
    frame.is_constructor = frames_->constructs_callee;
    frame.has_bytecode_offset = interpreted;
    frame.bytecode_offset = static_cast<int32_t>(command.operands[0]);
    frames_->constructs_callee = false;
    next_value_ = Value::kFunction;
    return LoadLiteral(command.operands[1], &frame.shared);
  }

  // The values of a frame, of which the first is its function and the second its receiver. What is neither a
  // constant nor on the stack may be several commands, so no more is read behind it.
  void AddValue(const TranslationOpcodes& opcodes, const Command& command) {
    Tagged value;
    const Value which = next_value_;
    next_value_ = Value::kOther;
    if (which == Value::kOther || !LoadValue(opcodes, command, &value)) return;
    InlinedFrame& frame = frames_->at[frames_->count - 1];
    if (which == Value::kReceiver) {
      frame.receiver = value;
      return;
    }
    next_value_ = Value::kReceiver;
    SetFunction(value, &frame);
  }

  void Finish() { std::reverse(frames_->at, frames_->at + frames_->count); }

 private:
  enum class Value : uint8_t { kOther, kFunction, kReceiver };

  // For a builtin, Maglev names the caller's SharedFunctionInfo, so the function decides.
  void SetFunction(Tagged function, InlinedFrame* frame) {
    Tagged shared;
    if (!heap_.IsFunction(&function) || !heap_.Load(function, heap_.layout().function_shared, &shared))
      return;
    if (frame->is_builtin) frame->shared = shared;
    frame->function = function;
  }

  bool LoadValue(const TranslationOpcodes& opcodes, const Command& command, Tagged* value) const {
    if (command.opcode == opcodes.literal) return LoadLiteral(command.operands[0], value);
    if (command.opcode != opcodes.stack_slot) return false;
    // OptimizedJSFrame::StackSlotOffsetRelativeToFp, src/execution/frames.cc: downwards from the first word
    // that the caller pushed.
    const int64_t index = command.operands[0];
    if (index < -kMaxStackSlots || index > kMaxStackSlots) return false;
    const int64_t offset = heap_.layout().fp_receiver - (index + 1) * 8;
    uint64_t bits = 0;
    if (!heap_.memory().Load(fp_ + offset, &bits)) return false;
    *value = Tagged(bits);
    return true;
  }

  bool LoadLiteral(int64_t index, Tagged* value) const {
    if (!heap_.LoadElement(literals_, index, value)) return false;
    *value = value->Strong();
    return true;
  }

  const HeapReader& heap_;
  Tagged literals_;
  const platform::Address fp_;
  InlinedFrames* frames_;
  Value next_value_ = Value::kOther;
};

bool CollectFrames(const TranslationOpcodes& opcodes, TranslationReader* reader, FrameCollector* collector,
                   int64_t* js_count) {
  Command begin;
  if (!reader->Next(&begin) || !InRange(begin.opcode, opcodes.begin_first, opcodes.begin_last)) return false;
  // All frames, and those of JavaScript among them.
  const int64_t frame_count = begin.operands[1];
  *js_count = begin.operands[2];
  int64_t seen = 0;
  for (int i = 0; seen < frame_count || collector->awaits_value(); ++i) {
    Command command;
    if (i == kMaxCommands || !reader->Next(&command)) return false;
    if ((opcodes.frames >> command.opcode & 1) == 0) {
      collector->AddValue(opcodes, command);
    } else if (++seen > frame_count || !collector->AddFrame(opcodes, command)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool DecodeDeoptFrames(const HeapReader& heap, const CodeObject& code, platform::Address pc,
                       platform::Address fp, InlinedFrames* frames) {
  const TranslationOpcodes& opcodes = heap.layout().translation;
  DeoptData deopt;
  Tagged bytes;
  uint32_t start = 0;
  int64_t js_count = 0;
  if (!OpenDeoptData(heap, code, &deopt)) return false;
  if (!FindTranslation(heap, deopt, FindDeoptIndex(heap, code, pc), &bytes, &start)) return false;
  const auto length = static_cast<uint32_t>(std::max(heap.LengthOf(bytes), 0));
  TranslationReader reader(&opcodes, {&heap.memory(), bytes.Slot(heap.layout().array_data), length}, start);
  FrameCollector collector(heap, deopt.literals, fp, frames);
  if (!CollectFrames(opcodes, &reader, &collector, &js_count)) return false;
  if (frames->count == 0 || frames->count != js_count) return false;
  collector.Finish();
  return true;
}

}  // namespace gmr::vm

#include "cfi_unwinder.h"

#include <algorithm>

#include "dwarf_expression.h"
#include "return_address.h"

namespace gmr::platform {

namespace {

constexpr int64_t kWordBytes = sizeof(uint64_t);
// No frame is larger: thread stacks have 8 MiB by default, and a jump beyond is a wrong guess.
constexpr uint64_t kMaxFrameBytes = uint64_t{16} << 20;

// How far below the CFA the frame keeps registers. A frame with a frame pointer
// saves that and the return address at least: two words.
int64_t SavedBytes(const UnwindRow& row) {
  int64_t lowest = -2 * kWordBytes;
  for (int i = 0; i < kRegisterCount; ++i) {
    if (row.rules[i].kind == RuleKind::kAtOffset) lowest = std::min(lowest, row.rules[i].offset);
  }
  // A wrong table must not lead to an overflow in later sums.
  return lowest < -int64_t{kMaxFrameBytes} ? 0 : -lowest;
}

#if defined(__aarch64__)
// A call pushes nothing: where a thread was stopped, the function may have no frame yet, or none at all.
constexpr bool kMayHaveNoFrame = true;
#else
constexpr bool kMayHaveNoFrame = false;
#endif

// Callers are above their callees; a signal handler may run on another stack.
bool IsAbove(const Registers& caller, const Registers& callee, bool pc_is_exact, bool is_signal_frame) {
  if (kMayHaveNoFrame && pc_is_exact && caller.sp() == callee.sp()) return true;
  return is_signal_frame || caller.sp() > callee.sp();
}

}  // namespace

StepResult CfiUnwinder::Step(const Module& module, bool pc_is_exact, Registers* registers) {
  StepResult result;
  if (!registers->Has(kProgramCounter) || !registers->Has(kStackPointer)) return result;
  const Address pc = registers->pc() - (pc_is_exact ? 0 : 1);
  UnwindEntry entry;
  if (!eh_frame_.Find(module, pc, &entry)) return result;
  result.function_start = entry.function.start;
  result.outcome = StepOutcome::kBroken;
  UnwindRow row;
  if (entry.return_column >= kRegisterCount || !program_.ComputeRow(entry, pc, &row)) return result;
  // The C library marks the first function of each thread so.
  if (row.rules[entry.return_column].kind == RuleKind::kUndefined) {
    result.outcome = StepOutcome::kEndOfStack;
    return result;
  }
  const auto cfa = ComputeCfa(row, *registers);
  if (!cfa) {
    // Expressions, too, count from the frame pointer: of frames that align the stack.
    if (!registers->Has(kFramePointer)) result.outcome = StepOutcome::kNeedsFramePointer;
    result.saved_bytes = SavedBytes(row);
    return result;
  }

  Registers caller;
  for (int i = 0; i < kRegisterCount; ++i) Recover(i, row.rules[i], *cfa, *registers, &caller);
  if (!caller.Has(kStackPointer)) caller.Set(kStackPointer, *cfa);
  const auto return_register = static_cast<Register>(entry.return_column);
  if (!caller.Has(return_register) || !IsAbove(caller, *registers, pc_is_exact, entry.is_signal_frame)) {
    return result;
  }
  caller.Set(kProgramCounter, WithoutSignature(caller.Get(return_register)));
  result.pc_is_exact = entry.is_signal_frame;
  result.outcome = caller.pc().IsNull() ? StepOutcome::kEndOfStack : StepOutcome::kStepped;
  if (result.outcome == StepOutcome::kStepped) *registers = caller;
  return result;
}

std::optional<Address> CfiUnwinder::ComputeCfa(const UnwindRow& row, const Registers& registers) {
  if (row.cfa_is_expression) {
    const auto value = EvaluateExpression(row.cfa_expression, registers, std::nullopt, reader_);
    return value ? std::optional(Address(*value)) : std::nullopt;
  }
  if (row.cfa_register >= kRegisterCount) return std::nullopt;
  const auto base = static_cast<Register>(row.cfa_register);
  if (!registers.Has(base)) return std::nullopt;
  return Address(registers.Get(base)) + row.cfa_offset;
}

void CfiUnwinder::Recover(int which, const Rule& rule, Address cfa, const Registers& registers,
                          Registers* caller) {
  const auto target = static_cast<Register>(which);
  std::optional<Address> address;
  std::optional<uint64_t> value;
  switch (rule.kind) {
    case RuleKind::kUndefined:
      return;
    case RuleKind::kUnspecified:
      if (!Registers::IsCalleeSaved(which)) return;
      [[fallthrough]];
    case RuleKind::kSameValue:
      if (registers.Has(target)) value = registers.Get(target);
      break;
    case RuleKind::kAtOffset:
      address = cfa + rule.offset;
      break;
    case RuleKind::kIsOffset:
      value = (cfa + rule.offset).number();
      break;
    case RuleKind::kInRegister: {
      const auto source = static_cast<uint64_t>(rule.offset);
      if (source >= kRegisterCount || !registers.Has(static_cast<Register>(source))) return;
      value = registers.value[source];
      break;
    }
    case RuleKind::kAtExpression:
      if (const auto place = EvaluateExpression(rule.expression, registers, cfa.number(), reader_))
        address = Address(*place);
      break;
    case RuleKind::kIsExpression:
      value = EvaluateExpression(rule.expression, registers, cfa.number(), reader_);
      break;
  }
  uint64_t loaded = 0;
  if (address && reader_->Load(*address, &loaded)) value = loaded;
  if (value) caller->Set(target, *value);
}

#if defined(__aarch64__)

bool IsOutermost(const Registers& registers) {
  return registers.Has(kFramePointer) && registers.Get(kFramePointer) == 0;
}

// A frame may keep the two words at its lower end, so they do not tell where it ends; and without the stack
// pointer the caller's table says nothing.
bool StepByFramePointer(MemoryReader*, Registers*) { return false; }

#else

bool IsOutermost(const Registers&) { return false; }

bool StepByFramePointer(MemoryReader* reader, Registers* registers) {
  if (!registers->Has(kFramePointer)) return false;
  const Address frame_pointer = registers->fp();
  const Address stack_pointer = registers->sp();
  if (frame_pointer % kWordBytes != 0 || frame_pointer < stack_pointer) return false;
  if (frame_pointer - stack_pointer > kMaxFrameBytes) return false;
  uint64_t saved[2];  // the caller's frame pointer, the return address
  if (!reader->Load(frame_pointer, &saved) || saved[1] == 0) return false;
  Registers caller;
  caller.Set(kFramePointer, saved[0]);
  caller.Set(kProgramCounter, saved[1]);
  caller.Set(kStackPointer, frame_pointer + sizeof saved);
  *registers = caller;
  return true;
}

#endif

}  // namespace gmr::platform

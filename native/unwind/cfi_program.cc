#include "cfi_program.h"

namespace gmr::platform {

namespace {

// DWARF 4, section 7.23. The first three carry an operand in their low six bits.
enum Instruction : uint8_t {
  kAdvanceLoc = 0x40,
  kOffset = 0x80,
  kRestore = 0xc0,
  kNop = 0x00,
  kSetLoc = 0x01,
  kAdvanceLoc1 = 0x02,
  kAdvanceLoc2 = 0x03,
  kAdvanceLoc4 = 0x04,
  kOffsetExtended = 0x05,
  kRestoreExtended = 0x06,
  kUndefined = 0x07,
  kSameValue = 0x08,
  kRegister = 0x09,
  kRememberState = 0x0a,
  kRestoreState = 0x0b,
  kDefCfa = 0x0c,
  kDefCfaRegister = 0x0d,
  kDefCfaOffset = 0x0e,
  kDefCfaExpression = 0x0f,
  kExpression = 0x10,
  kOffsetExtendedSf = 0x11,
  kDefCfaSf = 0x12,
  kDefCfaOffsetSf = 0x13,
  kValOffset = 0x14,
  kValOffsetSf = 0x15,
  kValExpression = 0x16,
  kNegateRaState = 0x2d,  // arm64: the return address is signed from here on, see return_address.h
  kGnuArgsSize = 0x2e,
};

constexpr uint8_t kPackedMask = 0xc0;
constexpr uint8_t kOperandMask = 0x3f;

DwarfCursor TakeExpression(DwarfCursor* rest) { return rest->TakeBlock(rest->TakeUleb()); }

}  // namespace

bool CfiProgram::ComputeRow(const UnwindEntry& entry, Address pc, UnwindRow* row) {
  entry_ = &entry;
  pc_ = pc;
  remembered_count_ = 0;
  row_ = UnwindRow();
  first_row_ = UnwindRow();
  // The common part has no locations: it must run to its end.
  location_ = entry.function.start;
  if (!Run(entry.common_program)) return false;
  first_row_ = row_;
  location_ = entry.function.start;
  if (!Run(entry.function_program)) return false;
  *row = row_;
  return row_.cfa_known;
}

// Each instruction takes at least one byte, so this ends.
bool CfiProgram::Run(DwarfCursor program) {
  while (!program.AtEnd()) {
    const auto operation = program.Take<uint8_t>();
    Effect effect = RunPacked(operation, &program);
    if (effect == Effect::kNotMine) effect = RunAdvance(operation, &program);
    if (effect == Effect::kNotMine) effect = RunCfa(operation, &program);
    if (effect == Effect::kNotMine) effect = RunRegister(operation, &program);
    if (effect == Effect::kNotMine) effect = RunState(operation, &program);
    if (effect == Effect::kNotMine || program.failed()) return false;
    if (effect == Effect::kPastPc) return true;
  }
  return true;
}

CfiProgram::Effect CfiProgram::RunPacked(uint8_t operation, DwarfCursor* rest) {
  const uint64_t operand = operation & kOperandMask;
  switch (operation & kPackedMask) {
    case kAdvanceLoc:
      return AdvanceTo(location_ + operand * entry_->code_factor);
    case kOffset:
      SetRule(operand, RuleKind::kAtOffset, Factored(rest->TakeUleb()));
      return Effect::kDone;
    case kRestore:
      RestoreRule(operand);
      return Effect::kDone;
    default:
      return Effect::kNotMine;
  }
}

CfiProgram::Effect CfiProgram::RunAdvance(uint8_t operation, DwarfCursor* rest) {
  const uint64_t factor = entry_->code_factor;
  switch (operation) {
    case kSetLoc:
      return AdvanceTo(TakeEncodedPointer(rest, entry_->pointer_encoding, Address()));
    case kAdvanceLoc1:
      return AdvanceTo(location_ + rest->Take<uint8_t>() * factor);
    case kAdvanceLoc2:
      return AdvanceTo(location_ + rest->Take<uint16_t>() * factor);
    case kAdvanceLoc4:
      return AdvanceTo(location_ + rest->Take<uint32_t>() * factor);
    default:
      return Effect::kNotMine;
  }
}

CfiProgram::Effect CfiProgram::RunCfa(uint8_t operation, DwarfCursor* rest) {
  switch (operation) {
    case kDefCfa:
    case kDefCfaSf: {
      row_.cfa_register = rest->TakeUleb();
      row_.cfa_offset = operation == kDefCfa ? static_cast<int64_t>(rest->TakeUleb())
                                             : Factored(static_cast<uint64_t>(rest->TakeSleb()));
      row_.cfa_is_expression = false;
      break;
    }
    case kDefCfaRegister:
      row_.cfa_register = rest->TakeUleb();
      row_.cfa_is_expression = false;
      break;
    case kDefCfaOffset:
      row_.cfa_offset = static_cast<int64_t>(rest->TakeUleb());
      break;
    case kDefCfaOffsetSf:
      row_.cfa_offset = Factored(static_cast<uint64_t>(rest->TakeSleb()));
      break;
    case kDefCfaExpression:
      row_.cfa_expression = TakeExpression(rest);
      row_.cfa_is_expression = true;
      break;
    default:
      return Effect::kNotMine;
  }
  row_.cfa_known = true;
  return Effect::kDone;
}

CfiProgram::Effect CfiProgram::RunRegister(uint8_t operation, DwarfCursor* rest) {
  if (operation < kOffsetExtended || operation > kValExpression) return Effect::kNotMine;
  if (operation == kRememberState || operation == kRestoreState) return Effect::kNotMine;
  const uint64_t which = rest->TakeUleb();
  switch (operation) {
    case kOffsetExtended:
      SetRule(which, RuleKind::kAtOffset, Factored(rest->TakeUleb()));
      break;
    case kOffsetExtendedSf:
      SetRule(which, RuleKind::kAtOffset, Factored(static_cast<uint64_t>(rest->TakeSleb())));
      break;
    case kValOffset:
      SetRule(which, RuleKind::kIsOffset, Factored(rest->TakeUleb()));
      break;
    case kValOffsetSf:
      SetRule(which, RuleKind::kIsOffset, Factored(static_cast<uint64_t>(rest->TakeSleb())));
      break;
    case kRegister:
      SetRule(which, RuleKind::kInRegister, static_cast<int64_t>(rest->TakeUleb()));
      break;
    case kRestoreExtended:
      RestoreRule(which);
      break;
    case kUndefined:
      SetRule(which, RuleKind::kUndefined, 0);
      break;
    case kSameValue:
      SetRule(which, RuleKind::kSameValue, 0);
      break;
    case kExpression:
      SetRule(which, RuleKind::kAtExpression, 0, TakeExpression(rest));
      break;
    case kValExpression:
      SetRule(which, RuleKind::kIsExpression, 0, TakeExpression(rest));
      break;
    default:
      return Effect::kNotMine;
  }
  return Effect::kDone;
}

CfiProgram::Effect CfiProgram::RunState(uint8_t operation, DwarfCursor* rest) {
  switch (operation) {
    case kNop:
    case kNegateRaState:
      return Effect::kDone;
    case kGnuArgsSize:
      rest->TakeUleb();
      return Effect::kDone;
    case kRememberState:
      if (remembered_count_ == kMaxRemembered) return Effect::kNotMine;
      remembered_[remembered_count_++] = row_;
      return Effect::kDone;
    case kRestoreState:
      if (remembered_count_ == 0) return Effect::kNotMine;
      row_ = remembered_[--remembered_count_];
      return Effect::kDone;
    default:
      return Effect::kNotMine;
  }
}

CfiProgram::Effect CfiProgram::AdvanceTo(Address location) {
  if (location > pc_) return Effect::kPastPc;
  location_ = location;
  return Effect::kDone;
}

void CfiProgram::SetRule(uint64_t which, RuleKind kind, int64_t offset, DwarfCursor expression) {
  // Vector registers and the like have rules, too; nobody asks for them.
  if (which < kRegisterCount) row_.rules[which] = Rule{kind, offset, expression};
}

void CfiProgram::RestoreRule(uint64_t which) {
  if (which < kRegisterCount) row_.rules[which] = first_row_.rules[which];
}

// Unsigned: a broken table must not run into undefined overflow.
int64_t CfiProgram::Factored(uint64_t units) const {
  return static_cast<int64_t>(units * static_cast<uint64_t>(entry_->data_factor));
}

}  // namespace gmr::platform

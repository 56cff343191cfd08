// CfiProgram: runs the call frame instructions of an unwind entry up to one pc.
//
// Owns:        the rows that the instructions remember.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    a row points into the entry's bytes: valid as long as they are.
#ifndef GMR_NATIVE_UNWIND_CFI_PROGRAM_H_
#define GMR_NATIVE_UNWIND_CFI_PROGRAM_H_

#include <cstddef>
#include <cstdint>

#include "../base/registers.h"
#include "dwarf_cursor.h"
#include "eh_frame.h"

namespace gmr::platform {

// Where the caller's value of a register is. DWARF 4, section 6.4.1.
enum class RuleKind : uint8_t {
  kUnspecified,   // callee-saved ones are unchanged, the others lost
  kSameValue,     // unchanged
  kUndefined,     // lost; for the return address: no caller
  kAtOffset,      // in memory, at CFA + offset
  kIsOffset,      // CFA + offset itself
  kInRegister,    // in the register `offset`
  kAtExpression,  // in memory, where the expression says
  kIsExpression,  // the expression's value itself
};

struct Rule {
  RuleKind kind = RuleKind::kUnspecified;
  int64_t offset = 0;
  DwarfCursor expression;
};

// One row of the table: valid for a range of instructions.
struct UnwindRow {
  // The CFA: the stack pointer just before the call, `cfa_register` + `cfa_offset`
  // unless there is an expression.
  uint64_t cfa_register = 0;
  int64_t cfa_offset = 0;
  bool cfa_known = false;
  bool cfa_is_expression = false;
  DwarfCursor cfa_expression;
  Rule rules[kRegisterCount];
};

class CfiProgram {
 public:
  // False when an instruction is unknown or cut off.
  bool ComputeRow(const UnwindEntry& entry, Address pc, UnwindRow* row);

 private:
  enum class Effect : uint8_t { kDone, kPastPc, kNotMine };
  // GCC and clang remember one row at a time.
  static constexpr size_t kMaxRemembered = 8;

  bool Run(DwarfCursor program);
  Effect RunPacked(uint8_t operation, DwarfCursor* rest);
  Effect RunAdvance(uint8_t operation, DwarfCursor* rest);
  Effect RunCfa(uint8_t operation, DwarfCursor* rest);
  Effect RunRegister(uint8_t operation, DwarfCursor* rest);
  Effect RunState(uint8_t operation, DwarfCursor* rest);

  Effect AdvanceTo(Address location);
  void SetRule(uint64_t which, RuleKind kind, int64_t offset, DwarfCursor expression = DwarfCursor());
  void RestoreRule(uint64_t which);
  int64_t Factored(uint64_t units) const;

  const UnwindEntry* entry_ = nullptr;
  Address pc_;
  Address location_;
  UnwindRow row_;
  UnwindRow first_row_;
  UnwindRow remembered_[kMaxRemembered];
  size_t remembered_count_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_CFI_PROGRAM_H_

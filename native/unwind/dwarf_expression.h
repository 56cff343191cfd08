// Evaluates the DWARF expressions that occur in unwind tables.
//
// Owns:        nothing.
// Threads:     one per MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_UNWIND_DWARF_EXPRESSION_H_
#define GMR_NATIVE_UNWIND_DWARF_EXPRESSION_H_

#include <cstdint>
#include <optional>

#include "../base/registers.h"
#include "../process/safe_read.h"
#include "dwarf_cursor.h"

namespace gmr::platform {

// `initial` is on the stack at the start, as the CFA is in rules for registers.
// nullopt: an unknown register, an unreadable address, or an operation that
// unwind tables do not use. Branches are among those, so every expression ends.
std::optional<uint64_t> EvaluateExpression(DwarfCursor expression, const Registers& registers,
                                           std::optional<uint64_t> initial, MemoryReader* reader);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_DWARF_EXPRESSION_H_

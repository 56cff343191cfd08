// SourcePositions: from an offset in bytecode or machine code to a place in a script.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SOURCE_POSITIONS_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SOURCE_POSITIONS_H_

#include <cstdint>

#include "tagged.h"

namespace gmr::vm {

// v8::internal::SourcePosition: an offset in a script. In inlined code it also has
// the number of the call that was inlined, which is not used: it is not always right.
struct SourcePosition {
  uint64_t bits = 0;

  // -1: none, or a position in generated code.
  int32_t ScriptOffset() const;
};

// The position of the last entry of `table` at or before `code_offset`. False:
// no such entry, or no table.
bool FindSourcePosition(const HeapReader& heap, Tagged table, int64_t code_offset, SourcePosition* position);

// Of a bytecode array.
bool FindBytecodePosition(const HeapReader& heap, Tagged bytecode, int32_t bytecode_offset,
                          int32_t* script_offset);

struct BytecodeAt {
  uint8_t opcode = 0;
  uint8_t scale = 0;  // 0; 1 and 2 behind the prefixes Wide and ExtraWide
};

// The bytecode at `offset`, which may also be that of its prefix, and the one in front of it, if any. False:
// none begins there.
bool FindBytecode(const HeapReader& heap, Tagged array, int64_t offset, BytecodeAt* at, BytecodeAt* before);

// Baseline code: the bytecode offset of the call that returns to `pc_offset`.
bool FindBaselineBytecodeOffset(const HeapReader& heap, Tagged offset_table, Tagged bytecode,
                                int64_t pc_offset, int32_t* bytecode_offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SOURCE_POSITIONS_H_

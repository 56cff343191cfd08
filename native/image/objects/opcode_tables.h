// Sizes of V8's bytecodes and of the deoptimizer's opcodes, per V8 version.
//
// Owns:        nothing; constants.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    of the process.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_OPCODE_TABLES_H_
#define GMR_NATIVE_IMAGE_OBJECTS_OPCODE_TABLES_H_

#include "layout.h"

namespace gmr::vm {

struct OpcodeTable {
  int major = 0;
  int minor = 0;
  BytecodeSizes bytecodes;
  const uint8_t* operand_counts = nullptr;
  int32_t operand_count_entries = 0;
};

// nullptr: no table for this version.
const OpcodeTable* FindOpcodeTable(int major, int minor);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_OPCODE_TABLES_H_

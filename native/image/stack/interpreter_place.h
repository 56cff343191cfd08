// InterpreterPlace: which bytecode a frame of the interpreter is at.
//
// Owns:        nothing.
// Threads:     one per MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions and plain values.
//
// The interpreter stores its place in the frame when it calls. Between calls it is in registers only.
#ifndef GMR_NATIVE_IMAGE_STACK_INTERPRETER_PLACE_H_
#define GMR_NATIVE_IMAGE_STACK_INTERPRETER_PLACE_H_

#include <cstdint>

#include "../../base/registers.h"
#include "../objects/tagged.h"

namespace gmr::vm {

// What the interpreter has in registers while it runs a bytecode. In other code these hold anything, so they
// are compared with the frame, and with the code that runs.
struct InterpreterRegisters {
  Tagged bytecode;
  int64_t offset = -1;  // from the tagged address of the BytecodeArray
  platform::Address dispatch_table;
  platform::Address pc;
  // The thread is in code with a frame of its own, which may have called something.
  bool is_behind_frame = false;

  // Nothing where they are not known, or on processors that are not.
  static InterpreterRegisters Of(const platform::Registers& registers);
};

// The BytecodeArray of the frame at `fp`.
bool LoadBytecodeArray(const HeapReader& heap, platform::Address fp, Tagged* bytecode);

struct InterpreterPlace {
  int32_t script_offset = -1;  // -1: unknown
  bool is_interpreted = false;
  // From the registers, so it is the bytecode that runs; else that of the last call.
  bool is_live = false;
};

InterpreterPlace FindInterpreterPlace(const HeapReader& heap, platform::Address fp,
                                      const InterpreterRegisters& live);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_INTERPRETER_PLACE_H_

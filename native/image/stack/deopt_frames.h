// DeoptFrames: the functions that the compiler put into one machine frame.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
//
// For every call in optimized code V8 keeps what it needs to go on in the
// interpreter: each inlined function and the bytecode offset in it. That is
// exact, and what V8's own stack walker uses. The table of source positions,
// which also covers code between calls, is the second choice: it leaves out
// inlined builtins, and Maglev's columns in it are sometimes those of another
// expression of the line.
#ifndef GMR_NATIVE_IMAGE_STACK_DEOPT_FRAMES_H_
#define GMR_NATIVE_IMAGE_STACK_DEOPT_FRAMES_H_

#include <cstdint>

#include "../objects/tagged.h"
#include "code_lookup.h"

namespace gmr::vm {

struct InlinedFrame {
  // A SharedFunctionInfo, or 0: that of the frame's own function.
  Tagged shared;
  // The function object, where the compiler knew it; else 0.
  Tagged function;
  // Its receiver, where that is a constant or on the stack; else 0.
  Tagged receiver;
  // Where in it: in its bytecode, or else in its script, where -1 is unknown.
  bool has_bytecode_offset = false;
  int32_t bytecode_offset = -1;
  int32_t script_offset = -1;
  // A builtin that goes on after the call, as Array.map.
  bool is_builtin = false;
  bool is_constructor = false;
};

inline constexpr int kMaxInlinedFrames = 64;

// Innermost first; the last one is the frame's own function, of which only the
// caller can tell whether it was called with `new`.
struct InlinedFrames {
  InlinedFrame at[kMaxInlinedFrames];
  int count = 0;
  // The call that the innermost one waits for said `new`.
  bool constructs_callee = false;
};

// `fp`: the frame pointer of the machine frame. False: `pc` is at no call that V8 could return to the
// interpreter from, or the data is not understood.
bool DecodeDeoptFrames(const HeapReader& heap, const CodeObject& code, platform::Address pc,
                       platform::Address fp, InlinedFrames* frames);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_DEOPT_FRAMES_H_

// What a capture yields: plain data, no V8 handles.
//
// Owns:        its strings.
// Threads:     filled on the isolate's thread, then handed over.
// Signal-safe: no.
// Lifetime:    plain values.
#ifndef GMR_NATIVE_IMAGE_STACK_FRAME_H_
#define GMR_NATIVE_IMAGE_STACK_FRAME_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "../text/code_text.h"

namespace gmr::vm {

enum class FrameKind : uint8_t { kJs, kBuiltin, kWasm, kAsync, kNative };

enum class FrameQuality : uint8_t {
  kExact,
  kFunction,     // the function is right; the line is where it starts
  kApproximate,  // found by a guess that was plausible
};

struct Frame {
  FrameKind kind = FrameKind::kJs;
  FrameQuality quality = FrameQuality::kExact;
  std::string function_name;  // empty: anonymous or top-level code
  std::string class_name;     // of a method's receiver; empty: none, or not known
  std::string file;           // empty: none, for example eval; of kNative: the module
  int line = 0;               // 1-based; 0: unknown
  int column = 0;             // 1-based; 0: unknown; wasm: byte offset
  bool is_constructor = false;
  bool is_eval = false;
  bool is_user_code = false;
  platform::Address pc;  // kNative: an address within its function; else 0
  CodeText code;         // of user code
};

enum class CaptureMethod : uint8_t {
  kInterrupt,  // reported by V8, on the thread itself
  kPassive,    // read from memory while the thread was blocked, which it does not notice
  kParked,     // also read from memory, while a signal held the thread
};

struct StackCapture {
  CaptureMethod method = CaptureMethod::kInterrupt;
  double held_ms = 0;         // kParked: for how long the thread stood still
  std::vector<Frame> frames;  // innermost first
  // kInterrupt: native frames above the innermost JavaScript, until they have names. See native_around.h.
  std::vector<Frame> above;
  // Native frames are missing above the innermost JavaScript.
  bool has_gap = false;
  // Why JavaScript's frames are missing; empty: they are there, if there are any.
  std::string no_javascript;
  // kInterrupt: why native frames are missing; empty: they are there, or there was no JavaScript.
  std::string no_native;
  // Frames omitted after frames[cut_after]; 0: the stack is complete.
  int cut_count = 0;
  int cut_after = 0;
  bool cut_at_least = false;  // the stack was too deep to be counted
  std::vector<Frame> async_frames;
  std::string async_skipped;  // why async_frames were not requested
  bool running_microtasks = false;
  // Its thread sleeps in Atomics.wait. For kInterrupt, known once native frames were looked for.
  bool in_atomics_wait = false;
  // The scripts that `code` of the frames refers to.
  std::vector<ScriptInfo> scripts;

  bool HasUserCode() const {
    return std::any_of(frames.begin(), frames.end(), [](const Frame& frame) { return frame.is_user_code; });
  }
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_FRAME_H_

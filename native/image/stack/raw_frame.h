// RawFrame: one frame of a captured stack, in memory that was there before.
//
// Owns:        nothing: texts are in the Arena of the capture.
// Threads:     a plain value.
// Signal-safe: no.
// Lifetime:    until the Arena is reset. Convert it to frame.h's Frame before.
#ifndef GMR_NATIVE_IMAGE_STACK_RAW_FRAME_H_
#define GMR_NATIVE_IMAGE_STACK_RAW_FRAME_H_

#include <cstddef>
#include <cstdint>

#include "../objects/raw_code.h"

namespace gmr::vm {

enum class RawFrameKind : uint8_t {
  kJs,
  kBuiltin,  // a function of V8's own, as Array.map; its file and line are unknown
  kWasm,
  kGlue,    // V8's machinery between the others; `name` is its frame type
  kNative,  // not of V8: for the caller to fill
};

enum class RawFrameQuality : uint8_t {
  kExact,
  kFunction,     // the function is right; the line is where it starts, or 0
  kApproximate,  // by a table that is coarser than calls
};

enum class RawFrameTier : uint8_t { kNone, kInterpreter, kBaseline, kMaglev, kTurbofan };

struct RawFrame {
  RawFrameKind kind = RawFrameKind::kNative;
  RawFrameQuality quality = RawFrameQuality::kFunction;
  RawFrameTier tier = RawFrameTier::kNone;
  bool inlined = false;
  bool is_constructor = false;
  bool is_eval = false;
  bool is_user_code = false;
  int32_t line = 0;      // 1-based; 0: unknown
  int32_t column = 0;    // 1-based; 0: unknown
  platform::Address pc;  // 0: unknown
  platform::Address frame_pointer;
  const char* name = "";  // never null
  // What V8 calls it, if that is the name of something else; "": what `name` is. Never null.
  const char* false_name = "";
  const char* file = "";  // never null
  // 0: unknown, or it has none.
  Tagged receiver;
  const char* class_name = "";  // never null
  CodePlace place;              // its script and offset; none for natives and builtins
  // Its code, as far as it was read; nullptr: none was.
  const RawCode* code = nullptr;
};

// An array of the caller's, innermost first.
struct FrameList {
  RawFrame* frames = nullptr;
  size_t capacity = 0;
  size_t count = 0;

  // nullptr: full.
  RawFrame* Append() {
    if (count == capacity) return nullptr;
    frames[count] = RawFrame();
    return &frames[count++];
  }
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_RAW_FRAME_H_

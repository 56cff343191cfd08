// RawCode: what is read of a frame's code, in memory that was there before.
//
// Owns:        nothing: texts are in the Arena of the capture.
// Threads:     plain values.
// Signal-safe: no.
// Lifetime:    until the Arena is reset. Convert it to code_text.h's values before.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_RAW_CODE_H_
#define GMR_NATIVE_IMAGE_OBJECTS_RAW_CODE_H_

#include <cstdint>
#include <string_view>

#include "tagged.h"

namespace gmr::vm {

// A position in a script, and where the function around it begins.
struct CodePlace {
  Tagged script;  // 0: none
  int32_t offset = -1;
  int32_t function_start = -1;
  // 1-based position of `offset`; 0: unknown.
  int32_t line = 0;
  int32_t column = 0;

  friend bool operator==(const CodePlace&, const CodePlace&) = default;
};

// See CodeText for the meaning of its members.
struct RawCode {
  std::string_view source;
  int32_t source_column = 0;
  bool source_is_cut = false;
  int32_t start_line = 0;
  int32_t start_column = 0;
  std::string_view before;
  int32_t script = -1;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_RAW_CODE_H_

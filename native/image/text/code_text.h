// CodeText: the parts of a frame's code that a report shows, and the scripts that frames are in.
//
// Owns:        its strings.
// Threads:     plain values.
// Signal-safe: no.
// Lifetime:    plain values.
#ifndef GMR_NATIVE_IMAGE_TEXT_CODE_TEXT_H_
#define GMR_NATIVE_IMAGE_TEXT_CODE_TEXT_H_

#include <cstdint>
#include <string>

#include "../../base/address.h"

namespace gmr::vm {

// Part of one line, around a position.
struct SourceExcerpt {
  std::string text;
  int column = 0;       // 1-based, of the first character; 0: no excerpt
  bool is_cut = false;  // the line goes on after the text
};

// The place at which a function begins, behind its name.
struct FunctionStart {
  int line = 0;  // 1-based; 0: unknown
  int column = 0;
  std::string before;  // what precedes it on the line
};

struct CodeText {
  SourceExcerpt source;
  FunctionStart function_start;
  int script = -1;  // index in the scripts of the capture; -1: unknown
};

// A string of V8's that is too long to be copied while a thread waits. V8 does not move objects of this size.
struct LongString {
  platform::Address object;  // null: there is none
  uint64_t map = 0;          // the object's first word
  platform::Address length_at;
  platform::Address data_at;
  uint32_t length = 0;  // in characters
  bool one_byte = true;
};

struct ScriptInfo {
  int id = 0;  // V8's number of the script, unique in its isolate
  std::string file;
  uint32_t length = 0;  // of its source, in UTF-16 code units
  std::string head;     // the first 128 characters of its source
  // At most one of these has the URL of the script's source map; none: there is no map.
  std::string map_url;     // a short one
  std::string map_copied;  // a `data:` URL that V8 might have moved
  LongString map_in_heap;  // a longer one
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_CODE_TEXT_H_

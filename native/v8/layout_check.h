// LayoutCheck: does the layout find the stack that V8 itself finds?
//
// Owns:        nothing.
// Threads:     the isolate's own, in a callback from JavaScript.
// Signal-safe: no: allocates.
// Lifetime:    functions. No JavaScript runs.
#ifndef GMR_NATIVE_V8_LAYOUT_CHECK_H_
#define GMR_NATIVE_V8_LAYOUT_CHECK_H_

#include <v8.h>

#include <string>

#include "../image/objects/layout.h"
#include "../image/stack/code_ranges.h"

namespace gmr::vm {

struct LayoutVerdict {
  // "": V8's own stack was found. Else why not, for people.
  std::string problem;
  // For LoadEntryRegisters(); -1: not found.
  int32_t entry_fp_offset = -1;
  int compared_frames = 0;
};

// Decodes the current stack and compares its innermost frames, up to the first
// native one and at most `max_frames`, with v8::StackTrace: function, file, line
// and column. Takes about a millisecond.
LayoutVerdict CheckLayout(v8::Isolate* isolate, const Layout& layout, const CodeRanges& ranges,
                          int max_frames = 32);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_LAYOUT_CHECK_H_

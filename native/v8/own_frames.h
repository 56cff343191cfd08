// OwnFrames: what V8 does not tell a thread about its own stack, read from memory by that thread.
//
// Owns:        nothing between calls; during one, some 250 KiB and the pages of a MemoryReader.
// Threads:     the isolate's own, in an interrupt, after V8's walk: nothing may be allocated on V8's heap
//              between the two, or objects may move.
// Signal-safe: no. It allocates with malloc, and neither runs JavaScript nor allocates on V8's heap.
// Lifetime:    function.
//
// V8's API has no offset in the script and no receiver. The same frames are decoded from memory as for a
// thread that cannot answer, and are believed as far as they agree with V8's in order, name and position.
#ifndef GMR_NATIVE_V8_OWN_FRAMES_H_
#define GMR_NATIVE_V8_OWN_FRAMES_H_

#include <v8.h>

#include <cstdint>

#include "../image/objects/layout.h"
#include "../image/stack/code_ranges.h"
#include "../image/stack/frame.h"

namespace gmr::vm {

// What the reporter prepares.
struct OwnFramesPlan {
  Layout layout;
  CodeRanges ranges;
};

// Fills `class_name` and `code` of the frames that V8 reported, and `scripts`; adds V8's builtins between
// them. Takes at most about four milliseconds; frames that were not reached by then stay without.
void DescribeOwnFrames(v8::Isolate* isolate, const OwnFramesPlan& plan, StackCapture* reported);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_OWN_FRAMES_H_

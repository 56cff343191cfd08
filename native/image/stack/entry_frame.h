// EntryFrame: the frame from which an isolate last called C++.
//
// Owns:        nothing.
// Threads:     FindEntryFpOffset(): the isolate's own, in a callback from
//              JavaScript. The loads: any, while that thread is stopped.
// Signal-safe: no. The loads take no lock and do not allocate.
// Lifetime:    the offset is the same for all isolates of a process.
//
// V8 notes in the isolate where JavaScript stopped when it calls out. A stack can
// be decoded from there even where native frames cannot be followed.
#ifndef GMR_NATIVE_IMAGE_STACK_ENTRY_FRAME_H_
#define GMR_NATIVE_IMAGE_STACK_ENTRY_FRAME_H_

#include <cstdint>

#include "../../base/registers.h"
#include "../../process/safe_read.h"
#include "../objects/layout.h"
#include "code_ranges.h"

namespace gmr::vm {

// An isolate, and a place in the stack of its thread that is deeper than all frames of JavaScript.
struct EntrySearch {
  platform::Address isolate;
  platform::Address stack_pointer;
};

// The bytes from the isolate's address to that note, -1: not found. Looks for
// the only word of the isolate that points to an exit frame above `stack_pointer`.
int32_t FindEntryFpOffset(const EntrySearch& where, const Layout& layout, const CodeRanges& ranges,
                          platform::MemoryReader* memory);

// Sets the frame pointer, and no pc, for JsFrames::Step(). False: JavaScript is
// not on the stack, or the note is not that of an exit frame.
bool LoadEntryRegisters(platform::Address isolate, int32_t offset, const Layout& layout,
                        platform::MemoryReader* memory, platform::Registers* registers);

// The same for the exit frame that is noted in the entry frame at `fp`: that of the JavaScript which called
// the C++ that called this. False: there is none.
bool LoadOuterExit(platform::Address fp, const Layout& layout, platform::MemoryReader* memory,
                   platform::Registers* registers);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_ENTRY_FRAME_H_

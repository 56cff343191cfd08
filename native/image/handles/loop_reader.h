// LoopReader: the handles and requests of an event loop, counted from its memory.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader. The loop's thread may run meanwhile.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    function.
#ifndef GMR_NATIVE_IMAGE_HANDLES_LOOP_READER_H_
#define GMR_NATIVE_IMAGE_HANDLES_LOOP_READER_H_

#include <cstdint>

#include "../../process/safe_read.h"
#include "uv_layout.h"

namespace gmr::vm {

struct LoopCounts {
  struct OfType {
    uint32_t active = 0;
    uint32_t refed = 0;  // active, and keep the loop alive
  };

  OfType types[uv::kHandleTypes];
  uint32_t active_handles = 0;
  uint32_t refed_handles = 0;
  uint32_t active_requests = 0;
};

// "": counted. Else why not, for people. libuv's own handles are not counted.
const char* ReadLoop(platform::MemoryReader* memory, platform::Address loop, LoopCounts* counts);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_HANDLES_LOOP_READER_H_

// For native/image/objects/layout.cc, as long as that includes V8's headers; scripts/plain-tests.mjs omits it
// then.

#include "../../native/image/objects/layout.h"

namespace gmr::vm {

const char* NameOf(FrameType) { return ""; }

bool IsExit(FrameType type) {
  return (type >= FrameType::kExit && type <= FrameType::kApiIndexedAccessorExit) ||
         type == FrameType::kWasmExit;
}

bool FrameTypeOf(const Layout& layout, uint64_t marker, FrameType* type) {
  if (marker == 0 || (marker & 1) != 0 || marker > 1024) return false;
  for (int i = 0; i < kFrameTypeCount; ++i) {
    if (layout.frame_types[i] != static_cast<int32_t>(marker >> 1)) continue;
    *type = static_cast<FrameType>(i);
    return true;
  }
  return false;
}

bool ReadDebugNumber(const std::string&, int32_t*) { return false; }

}  // namespace gmr::vm

#include "atomics_frames.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// Only V8 makes builtins, and no other of them has this name.
bool IsBuiltinWait(const Frame& frame) {
  return frame.kind == FrameKind::kBuiltin && frame.function_name == "wait";
}

bool IsInFutexEmulation(const Frame& frame) {
  return frame.function_name.find("v8::internal::FutexEmulation::") != std::string::npos;
}

}  // namespace

bool ShowsAtomicsWait(const std::vector<Frame>& frames,
                      const std::function<void(std::vector<Frame>* native)>& name_native) {
  const auto innermost = std::find_if(frames.begin(), frames.end(),
                                      [](const Frame& frame) { return frame.kind != FrameKind::kNative; });
  if (innermost == frames.end()) return false;
  if (innermost->kind != FrameKind::kWasm) return IsBuiltinWait(*innermost);
  // The instruction of WebAssembly has no frame of its own between its function and V8's.
  std::vector<Frame> native(frames.begin(), innermost);
  name_native(&native);
  return std::any_of(native.begin(), native.end(), IsInFutexEmulation);
}

}  // namespace gmr::vm

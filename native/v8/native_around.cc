#include "native_around.h"

#include <utility>

namespace gmr::vm {

namespace {

bool IsSame(const Frame& told, const Frame& read) {
  if (told.kind != read.kind) return false;
  if (told.kind == FrameKind::kWasm) return true;  // read without a name and a place
  if (told.file != read.file) return false;
  if (read.quality == FrameQuality::kExact && told.line != 0) return told.line == read.line;
  return told.function_name == read.function_name;
}

}  // namespace

bool PutNativeFramesAround(const std::vector<Frame>& read, std::vector<Frame>* told) {
  std::vector<Frame> merged;
  merged.reserve(read.size());
  size_t next = 0;
  for (const Frame& frame : read) {
    const bool is_native = frame.kind == FrameKind::kNative;
    // V8's builtins may be known to one of the two only.
    while (!is_native && next < told->size() && (*told)[next].kind == FrameKind::kBuiltin &&
           !IsSame((*told)[next], frame)) {
      merged.push_back((*told)[next++]);
    }
    if (!is_native && next < told->size() && IsSame((*told)[next], frame)) {
      merged.push_back((*told)[next++]);
    } else if (!is_native && frame.kind != FrameKind::kBuiltin) {
      return false;
    } else if (next > 0) {
      merged.push_back(frame);
    }
  }
  if (next < told->size()) return false;
  *told = std::move(merged);
  return true;
}

}  // namespace gmr::vm

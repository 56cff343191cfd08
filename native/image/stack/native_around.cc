#include "native_around.h"

#include <utility>

namespace gmr::vm {

namespace {

bool IsSame(const Frame& reported, const Frame& read) {
  if (reported.kind != read.kind) return false;
  if (reported.kind == FrameKind::kWasm) return true;  // read without a name and a place
  if (reported.file != read.file) return false;
  if (read.quality == FrameQuality::kExact && reported.line != 0) return reported.line == read.line;
  return reported.function_name == read.function_name;
}

}  // namespace

bool PutNativeFramesAround(const std::vector<Frame>& read, std::vector<Frame>* reported) {
  std::vector<Frame> merged;
  merged.reserve(read.size());
  size_t next = 0;
  for (const Frame& frame : read) {
    const bool is_native = frame.kind == FrameKind::kNative;
    // V8's builtins may be known to one of the two only.
    while (!is_native && next < reported->size() && (*reported)[next].kind == FrameKind::kBuiltin &&
           !IsSame((*reported)[next], frame)) {
      merged.push_back((*reported)[next++]);
    }
    if (!is_native && next < reported->size() && IsSame((*reported)[next], frame)) {
      merged.push_back((*reported)[next++]);
    } else if (!is_native && frame.kind != FrameKind::kBuiltin) {
      return false;
    } else if (next > 0) {
      merged.push_back(frame);
    }
  }
  if (next < reported->size()) return false;
  *reported = std::move(merged);
  return true;
}

}  // namespace gmr::vm

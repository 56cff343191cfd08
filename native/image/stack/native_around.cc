#include "native_around.h"

#include <algorithm>
#include <iterator>
#include <string>
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

// What V8 calls before the interrupt's own functions.
constexpr char kHandler[] = "v8::internal::StackGuard::HandleInterrupts";
// Parts of the names of the functions that may be interrupted.
constexpr const char* kWork[] = {"RegExp", "Irregexp", "JsonStringifier"};

bool IsWork(const Frame& frame) {
  return frame.kind == FrameKind::kNative &&
         std::any_of(std::begin(kWork), std::end(kWork), [&frame](const char* part) {
           return frame.function_name.find(part) != std::string::npos;
         });
}

}  // namespace

bool PutNativeFramesAround(const std::vector<Frame>& read, std::vector<Frame>* reported,
                           std::vector<Frame>* above) {
  std::vector<Frame> merged;
  std::vector<Frame> left_out;
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
    } else {
      (next > 0 ? merged : left_out).push_back(frame);
    }
  }
  if (next < reported->size()) return false;
  *reported = std::move(merged);
  *above = std::move(left_out);
  return true;
}

void KeepInterruptedWork(StackCapture* stack) {
  std::vector<Frame> above = std::exchange(stack->above, {});
  const auto handler = std::find_if(above.rbegin(), above.rend(), [](const Frame& frame) {
    return frame.kind == FrameKind::kNative && frame.function_name == kHandler;
  });
  if (handler == above.rend() || std::none_of(handler.base(), above.end(), &IsWork)) return;
  stack->frames.insert(stack->frames.begin(), std::make_move_iterator(handler.base()),
                       std::make_move_iterator(above.end()));
}

}  // namespace gmr::vm

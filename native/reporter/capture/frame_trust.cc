#include "frame_trust.h"

#include <algorithm>

namespace gmr::reporter {

namespace {

// Also drops the class and text of frames from V8's API, because both were read from memory.
void DropRead(vm::StackCapture* stack) {
  const auto is_builtin = [](const vm::Frame& frame) { return frame.kind == vm::FrameKind::kBuiltin; };
  if (stack->cut_count > 0) {
    const auto begin = stack->frames.begin();
    stack->cut_after -= static_cast<int>(std::count_if(begin, begin + stack->cut_after + 1, is_builtin));
  }
  std::erase_if(stack->frames, is_builtin);
  for (vm::Frame& frame : stack->frames) {
    frame.code = vm::CodeText();
    frame.class_name.clear();
  }
}

void DropFrom(const std::string& reason, vm::StackCapture* stack) {
  stack->scripts.clear();
  for (vm::Frame& frame : stack->async_frames) frame.code = vm::CodeText();
  if (stack->method == vm::CaptureMethod::kInterrupt) return DropRead(stack);
  std::erase_if(stack->frames, [](const vm::Frame& frame) { return frame.kind != vm::FrameKind::kNative; });
  stack->no_javascript = reason;
  // The number of frames left out, and where, was of the whole stack.
  stack->cut_count = 0;
}

}  // namespace

void DropReadJavaScript(const std::string& reason, Photograph* photograph) {
  for (IsolatePhoto& photo : photograph->isolates) {
    if (photo.stack) DropFrom(reason, &*photo.stack);
  }
  for (OtherThreadPhoto& other : photograph->other_threads) {
    if (other.stack) DropFrom(reason, &*other.stack);
  }
}

}  // namespace gmr::reporter

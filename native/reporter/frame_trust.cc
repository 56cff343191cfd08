#include "frame_trust.h"

namespace gmr::reporter {

namespace {

void DropFrom(const std::string& reason, vm::StackCapture* stack) {
  if (stack->method == vm::CaptureMethod::kInterrupt) return;
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

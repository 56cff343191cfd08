// Which native frames become part of a stack that its thread reported itself.

#include "../../native/image/stack/native_around.h"

#include <string>

#include "harness.h"

namespace gmr::test {

namespace {

using vm::Frame;
using vm::FrameKind;

Frame Native(const char* name) {
  Frame frame;
  frame.kind = FrameKind::kNative;
  frame.function_name = name;
  return frame;
}

Frame Js(const char* name) {
  Frame frame;
  frame.function_name = name;
  frame.file = "app.js";
  frame.line = 1;
  return frame;
}

std::string NamesOf(const std::vector<Frame>& frames) {
  std::string names;
  for (const Frame& frame : frames) names += (names.empty() ? "" : ", ") + frame.function_name;
  return names;
}

const Frame kOwn = Native("gmr::platform::CopyOwnStack");
const Frame kHandler = Native("v8::internal::StackGuard::HandleInterrupts");
const Frame kRegExp = Native("v8::internal::RegExpImpl::IrregexpExec");

std::string StackOf(const std::vector<Frame>& read) {
  vm::StackCapture stack;
  stack.frames = {Js("check"), Js("run")};
  CHECK(vm::PutNativeFramesAround(read, &stack.frames, &stack.above));
  vm::KeepInterruptedWork(&stack);
  CHECK(stack.above.empty());
  return NamesOf(stack.frames);
}

TEST("NativeAround puts native frames between those of JavaScript") {
  CHECK_EQ(StackOf({kOwn, kHandler, Js("check"), Native("Run"), Js("run"), Native("main")}),
           "check, Run, run, main");
}

TEST("NativeAround keeps the regular expression that an interrupt came into") {
  Frame test;
  test.kind = FrameKind::kBuiltin;
  test.function_name = "test";
  CHECK_EQ(StackOf({kOwn, kHandler, kRegExp, test, Js("check"), Js("run")}),
           kRegExp.function_name + ", test, check, run");
}

TEST("NativeAround keeps nothing of an interrupt between two steps of JavaScript") {
  CHECK_EQ(StackOf({kOwn, kHandler, Native("v8::internal::Runtime_StackGuard"), Js("check"), Js("run")}),
           "check, run");
  // Without the function that runs interrupts, it is not known what was interrupted.
  CHECK_EQ(StackOf({kOwn, kRegExp, Js("check"), Js("run")}), "check, run");
}

TEST("NativeAround leaves a stack that does not agree as it was") {
  std::vector<Frame> frames = {Js("check")};
  std::vector<Frame> above;
  Frame other = Js("other");
  other.line = 2;
  CHECK(!vm::PutNativeFramesAround({kOwn, other}, &frames, &above));
  CHECK_EQ(NamesOf(frames), "check");
  CHECK(above.empty());
}

}  // namespace

}  // namespace gmr::test

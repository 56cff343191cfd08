#include "stack_walk.h"

#include <algorithm>

#include "../base/printable.h"
#include "async_tail.h"
#include "heap_sample.h"
#include "v8_compat.h"

namespace gmr::vm {

namespace {

// Beyond this a stack is not counted: the walk itself would take too long.
constexpr int kDeepestStack = 20'000;
// A walk over kDeepestStack frames takes about 2 MB of the JavaScript heap. It
// is not taken from an isolate that is about to run out of it.
constexpr size_t kHeapForDeepWalk = size_t{32} << 20;

constexpr size_t kMaxNameBytes = 512;
constexpr size_t kMaxFileBytes = 1024;

// A name is cut, never refused: minifiers and data: URLs make endless ones.
std::string ToText(v8::Isolate* isolate, v8::Local<v8::String> string, size_t max_bytes) {
  if (string.IsEmpty() || string->Length() == 0) return "";
  std::string text = ToUtf8(isolate, string);
  if (text.size() <= max_bytes) return text;
  return std::string(platform::CutUtf8(text, max_bytes)) + "...";
}

Frame ToFrame(v8::Isolate* isolate, v8::Local<v8::StackFrame> from) {
  Frame frame;
  frame.kind = from->IsWasm() ? FrameKind::kWasm : FrameKind::kJs;
  frame.function_name = ToText(isolate, from->GetFunctionName(), kMaxNameBytes);
  frame.file = ToText(isolate, from->GetScriptNameOrSourceURL(), kMaxFileBytes);
  frame.line = from->IsWasm() ? 0 : from->GetLineNumber();
  frame.column = from->GetColumn();
  frame.is_constructor = from->IsConstructor();
  frame.is_eval = from->IsEval();
  frame.is_user_code = from->IsUserJavaScript() && frame.file.rfind("node:", 0) != 0;
  return frame;
}

void AppendFrames(v8::Isolate* isolate, v8::Local<v8::StackTrace> trace, int begin, int end,
                  std::vector<Frame>* frames) {
  for (int i = begin; i < end; ++i) {
    const v8::HandleScope scope(isolate);
    frames->push_back(ToFrame(isolate, trace->GetFrame(isolate, static_cast<uint32_t>(i))));
  }
}

bool MayWalkDeeper(const HeapSample& heap) { return heap.limit_bytes > heap.used_bytes + kHeapForDeepWalk; }

}  // namespace

StackCapture WalkStack(v8::Isolate* isolate, int max_frames) {
  const v8::HandleScope scope(isolate);
  StackCapture capture;
  capture.running_microtasks = v8::MicrotasksScope::IsRunningMicrotasks(isolate);

  // One more than wanted tells a stack that fits from one that does not.
  auto trace = v8::StackTrace::CurrentStackTrace(isolate, max_frames + 1, v8::StackTrace::kDetailed);
  int count = trace->GetFrameCount();
  if (count > max_frames && MayWalkDeeper(SampleHeap(isolate))) {
    trace = v8::StackTrace::CurrentStackTrace(isolate, kDeepestStack, v8::StackTrace::kDetailed);
    count = trace->GetFrameCount();
    capture.cut_at_least = count >= kDeepestStack;
  } else if (count > max_frames) {
    capture.cut_at_least = true;
  }

  capture.frames.reserve(static_cast<size_t>(std::min(count, max_frames)));
  if (count <= max_frames) {
    AppendFrames(isolate, trace, 0, count, &capture.frames);
  } else {
    const int top = (max_frames + 1) / 2;
    const int bottom = max_frames - top;
    AppendFrames(isolate, trace, 0, top, &capture.frames);
    AppendFrames(isolate, trace, count - bottom, count, &capture.frames);
    capture.cut_after = top - 1;
    capture.cut_count = count - max_frames;
  }
  AppendAsyncTail(isolate, count, &capture);
  return capture;
}

}  // namespace gmr::vm

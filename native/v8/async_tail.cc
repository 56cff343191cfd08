#include "async_tail.h"

#include <charconv>
#include <sstream>
#include <string_view>

#include "heap_sample.h"
#include "stack_walk.h"
#include "v8_compat.h"

namespace gmr::vm {

namespace {

constexpr int kMaxSyncFrames = 60;
// Frames, synchronous and asynchronous together, up to which the print is cheap (0.3 ms).
constexpr int kProbeLimit = 100;
// V8 keeps about 56 bytes a frame in an error's stack data, and grows its table
// in steps, 15 KB being the first that 100 frames can reach on V8 14.
constexpr size_t kProbeBytes = size_t{6} * 1024;

// Sets Error.stackTraceLimit of the current context for a scope, if it is an
// ordinary writable data property. Nothing of this runs JavaScript: the
// property is read through its descriptor and written as own data property.
class ScopedStackTraceLimit {
 public:
  ScopedStackTraceLimit(v8::Local<v8::Context> context, v8::Local<v8::Object> error_function, int limit)
      : context_(context), error_function_(error_function) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    key_ = v8::String::NewFromUtf8Literal(isolate, "stackTraceLimit", v8::NewStringType::kInternalized);
    v8::Local<v8::Value> descriptor;
    if (!error_function->GetOwnPropertyDescriptor(context, key_).ToLocal(&descriptor)) return;
    if (!descriptor->IsObject()) return;
    const auto value_key = v8::String::NewFromUtf8Literal(isolate, "value");
    const auto writable_key = v8::String::NewFromUtf8Literal(isolate, "writable");
    v8::Local<v8::Value> writable;
    const auto plain = descriptor.As<v8::Object>();
    if (!plain->Get(context, value_key).ToLocal(&earlier_) || !earlier_->IsNumber()) return;
    if (!plain->Get(context, writable_key).ToLocal(&writable) || !writable->IsTrue()) return;
    active_ =
        error_function->CreateDataProperty(context, key_, v8::Integer::New(isolate, limit)).FromMaybe(false);
  }
  ScopedStackTraceLimit(const ScopedStackTraceLimit&) = delete;
  ScopedStackTraceLimit& operator=(const ScopedStackTraceLimit&) = delete;
  ~ScopedStackTraceLimit() {
    if (active_) (void)error_function_->CreateDataProperty(context_, key_, earlier_).FromMaybe(false);
  }

  bool active() const { return active_; }

 private:
  v8::Local<v8::Context> context_;
  v8::Local<v8::Object> error_function_;
  v8::Local<v8::String> key_;
  v8::Local<v8::Value> earlier_;
  bool active_ = false;
};

// The intrinsic Error of the context, found through an error's prototype: the
// global of that name may have been replaced.
v8::MaybeLocal<v8::Object> ErrorFunction(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  const auto error = v8::Exception::Error(v8::String::Empty(isolate)).As<v8::Object>();
  const auto prototype = PrototypeOf(error);
  if (!prototype->IsObject() || prototype->IsProxy()) return {};
  const auto constructor_key = v8::String::NewFromUtf8Literal(isolate, "constructor");
  v8::Local<v8::Value> descriptor;
  if (!prototype.As<v8::Object>()->GetOwnPropertyDescriptor(context, constructor_key).ToLocal(&descriptor))
    return {};
  if (!descriptor->IsObject()) return {};
  const auto value_key = v8::String::NewFromUtf8Literal(isolate, "value");
  v8::Local<v8::Value> value;
  if (!descriptor.As<v8::Object>()->Get(context, value_key).ToLocal(&value) || !value->IsFunction())
    return {};
  return value.As<v8::Object>();
}

// Why the print would be too dear; empty when it is not.
std::string TooDear(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  v8::Local<v8::Object> error_function;
  if (!ErrorFunction(isolate, context).ToLocal(&error_function))
    return "Error was replaced by the application";
  const ScopedStackTraceLimit limit(context, error_function, kProbeLimit);
  if (!limit.active()) return "Error.stackTraceLimit was made read-only by the application";

  // An error keeps at most kProbeLimit frames; how much heap it took says
  // whether there are that many.
  const size_t before = SampleHeap(isolate).used_bytes;
  (void)v8::Exception::Error(v8::String::Empty(isolate));
  const size_t after = SampleHeap(isolate).used_bytes;
  if (after < before) return "a garbage collection came in between";
  return after - before < kProbeBytes ? "" : "the chain of callers is too long";
}

// "file:3:14" from the right, since the file may hold colons itself.
bool SplitPosition(std::string_view text, Frame* frame) {
  int* const parts[] = {&frame->column, &frame->line};
  for (int* part : parts) {
    const size_t colon = text.rfind(':');
    if (colon == text.npos) return false;
    const auto digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *part);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    text = text.substr(0, colon);
  }
  frame->file = text;
  return true;
}

// One line as Error.stack has it: "async name (file:3:14)" or "async file:3:14".
bool ParseAsyncLine(std::string_view line, Frame* frame) {
  constexpr std::string_view kPrefix = "async ";
  if (line.substr(0, kPrefix.size()) != kPrefix) return false;
  line.remove_prefix(kPrefix.size());
  frame->kind = FrameKind::kAsync;
  frame->is_user_code = true;
  const size_t open = line.rfind(" (");
  if (open == line.npos || line.back() != ')') return SplitPosition(line, frame);

  frame->function_name = line.substr(0, open);
  const auto position = line.substr(open + 2, line.size() - open - 3);
  // "async Promise.all (index 0)" has no position, but says what is waited for.
  if (!SplitPosition(position, frame)) frame->function_name = line;
  frame->is_user_code = frame->file.rfind("node:", 0) != 0 && !frame->file.empty();
  return true;
}

}  // namespace

void AppendAsyncTail(v8::Isolate* isolate, int sync_frames, StackCapture* capture) {
  if (!capture->running_microtasks || sync_frames == 0) return;
  if (sync_frames > kMaxSyncFrames) {
    capture->async_skipped = "the stack is too deep";
    return;
  }
  const auto context = isolate->GetCurrentContext();
  if (context.IsEmpty()) {
    capture->async_skipped = "no context is entered";
    return;
  }
  capture->async_skipped = TooDear(isolate, context);
  if (!capture->async_skipped.empty()) return;

  std::ostringstream printed;
  v8::Message::PrintCurrentStackTrace(isolate, printed);
  std::istringstream lines(printed.str());
  for (std::string line; std::getline(lines, line);) {
    Frame frame;
    if (ParseAsyncLine(line, &frame)) capture->async_frames.push_back(std::move(frame));
  }
}

}  // namespace gmr::vm

#include "text_writer.h"

#include <cstdarg>
#include <cstdio>

#include "../../base/clock.h"
#include "../../base/printable.h"
#include "../../base/unmasked.h"
#include "../../base/utc.h"
#include "../../process/threads/syscall_names.h"
#include "plain_page.h"

namespace gmr::reporter {

namespace {

using platform::PlainWords;
using platform::PrintableName;
using platform::Unmasked;

// Maximum number of suspended functions that are shown for each thread.
constexpr size_t kMaxGreenGroups = 10;
constexpr size_t kMaxGreenFrames = 8;

// For numbers and words of ours only: text from outside may be too long for the buffer.
__attribute__((format(printf, 1, 2))) std::string Words(const char* format, ...) {
  char words[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(words, sizeof words, format, arguments);
  va_end(arguments);
  return words;
}

std::string Utc(double wall_clock_ms) {
  const platform::UtcTime utc = platform::ToUtc(wall_clock_ms);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.year, utc.month, utc.day, utc.hour,
                utc.minute, utc.second);
  return text;
}

std::string Describe(const vm::Frame& frame) {
  std::string text;
  if (frame.kind == vm::FrameKind::kAsync) text += "async ";
  if (frame.is_constructor) text += "new ";
  text += frame.function_name.empty() ? "(anonymous)" : frame.function_name;
  if (frame.kind == vm::FrameKind::kBuiltin) text += " (<builtin>)";
  if (frame.kind == vm::FrameKind::kNative) {
    text += "  " + frame.file;
    if (frame.quality == vm::FrameQuality::kApproximate) text += " (approximately)";
  }
  if (!frame.file.empty() && frame.kind != vm::FrameKind::kNative) {
    text.append(" (").append(frame.file);
    if (frame.line > 0) text.append(":").append(std::to_string(frame.line));
    if (frame.column > 0) text.append(":").append(std::to_string(frame.column));
    if (frame.quality == vm::FrameQuality::kFunction) text += ", start of the function";
    if (frame.quality == vm::FrameQuality::kApproximate) text += ", approximately";
    text += ")";
  }
  if (frame.is_eval) text += " [eval]";
  if (frame.kind == vm::FrameKind::kWasm) text += " [wasm]";
  return text;
}

std::string DescribeOs(const ThreadPhoto& photo) {
  const platform::ThreadStatus& os = photo.status;
  std::string text(1, os.state);
  if (!photo.doing.empty()) {
    text += " in " + PlainWords(photo.doing);
  } else if (os.syscall && os.syscall->number >= 0) {
    const char* name = platform::SyscallName(os.syscall->number);
    text +=
        name != nullptr ? std::string(" in ") + name : " in syscall " + std::to_string(os.syscall->number);
  }
  return text + Words("; cpu %.1f s user %.1f s sys", os.cpu_user_ms / 1e3, os.cpu_system_ms / 1e3);
}

void AddStack(const vm::StackCapture& stack, PlainPage* page) {
  if (stack.method == vm::CaptureMethod::kPassive) page->Line("(read from memory while blocked)");
  if (stack.method == vm::CaptureMethod::kParked) page->Line("(read from memory while held)");
  if (!stack.no_javascript.empty()) page->Line("JavaScript frames not available: " + stack.no_javascript);
  for (size_t i = 0; i < stack.frames.size(); ++i) {
    page->Line(Describe(stack.frames[i]));
    if (stack.cut_count > 0 && i == static_cast<size_t>(stack.cut_after)) {
      page->Line(
          Words("... %s%d frames omitted ...", stack.cut_at_least ? "at least " : "", stack.cut_count));
    }
  }
  for (const vm::Frame& frame : stack.async_frames) page->Line(Describe(frame));
}

std::string Label(const vm::IsolateIdentity& identity) {
  return Words("%s %d", identity.is_main ? "main" : "worker", identity.thread_id);
}

void AddIsolate(const IsolatePhoto& photo, PlainPage* page) {
  const vm::IsolateIdentity& identity = photo.status.identity;
  std::string head = Words("Thread #%d  ", photo.status.tid) + Label(identity);
  if (!identity.is_main && !identity.name.empty())
    head += " \"" + PrintableName(PlainWords(Unmasked(identity.name))) + "\"";
  head += std::string("  ") + StateWord(photo.state);
  if (photo.status.loop_stalled_ms >= 0) {
    head += Words("; event loop has not turned for %.1f s", photo.status.loop_stalled_ms / 1e3);
  }
  page->Head(head);
  page->Line("state: " + (photo.os ? DescribeOs(*photo.os) : "not available: " + photo.os_error));
  if (!photo.note.empty()) page->Line("note: " + photo.note);
  if (photo.stack) AddStack(*photo.stack, page);
  page->BlankLine();
}

std::string Describe(const vm::AsyncFrame& frame) {
  std::string text = frame.class_name.empty() ? "" : frame.class_name + ".";
  if (!frame.function_name.empty()) {
    text += frame.function_name;
  } else {
    text += frame.enclosing_name.empty() ? "(anonymous)" : "callback in " + frame.enclosing_name;
  }
  if (frame.line > 0) text += " (" + frame.file + ":" + std::to_string(frame.line) + ")";
  return text;
}

// Without what they wait for: that may name a URL, and only the formatter masks.
void AddGreenThreads(const IsolatePhoto& photo, PlainPage* page) {
  const std::string label = Label(photo.status.identity) + ": ";
  if (!photo.green_threads.found) {
    page->Line(label + "not available: " + photo.green_threads.reason);
    return;
  }
  const vm::GreenThreads& found = *photo.green_threads.found;
  const std::string callbacks = found.callbacks == 0 ? "" : Words("%u waiting callbacks, ", found.callbacks);
  page->Line(label + Words("%u suspended async functions, ", found.suspended_functions) + callbacks +
             Words("%u green threads, %u groups", found.green_threads, found.total_groups));
  for (size_t i = 0; i < found.groups.size() && i < kMaxGreenGroups; ++i) {
    std::string line =
        Words("  %u%s in ", found.groups[i].count, found.groups[i].deadlock ? " in a DEADLOCK" : "");
    const auto& frames = found.groups[i].frames;
    for (size_t k = 0; k < frames.size() && k < kMaxGreenFrames; ++k) {
      line += (k == 0 ? "" : " < ") + Describe(frames[k]);
    }
    page->Line(line);
  }
}

}  // namespace

std::string WritePlainText(const Photograph& photograph, const Unmasked& why) {
  PlainPage page;
  page.Banner("Guru Meditation");
  page.Line("essential report: the formatter did not run (" + PlainWords(why) + ")");
  page.Line("report " + photograph.report_id + ", " + Utc(photograph.trigger.wall_clock_ms) +
            Words(", pid %d, stacks after %.1f ms", photograph.pid, photograph.stacks_after_ms));
  page.Line("trigger: " + DescribeTrigger(photograph.trigger));
  page.Banner("Threads");
  for (const IsolatePhoto& photo : photograph.isolates) AddIsolate(photo, &page);
  for (const OtherThreadPhoto& other : photograph.other_threads) {
    page.Line(Words("other thread #%d  ", other.os.status.tid) + PlainWords(Unmasked(other.os.status.name)) +
              "  " + DescribeOs(other.os));
  }
  page.Banner("Green Threads");
  for (const IsolatePhoto& photo : photograph.isolates) AddGreenThreads(photo, &page);
  page.EndMarker(photograph.report_id);
  return page.Take();
}

std::string DescribeLateAnswer(const vm::Capture& capture) {
  const vm::Answer& answer = capture.answer();
  std::string text = "report " + capture.question().report_id + ": " + capture.thread_label();
  const double after_ms = platform::MsBetween(capture.question().asked_at_ns, answer.answered_at_ns);
  text += after_ms < 1e3 ? Words(" answered after %.0f ms", after_ms)
                         : Words(" answered after %.1f s", after_ms / 1e3);
  if (answer.stack.frames.empty()) return text + ", when it ran no JavaScript any more";
  return text + ", the next JavaScript that it ran was " + Describe(answer.stack.frames.front());
}

}  // namespace gmr::reporter

#include "text_writer.h"

#include <cstdarg>
#include <cstdio>
#include <ctime>

#include "../platform/clock.h"
#include "../platform/syscall_names.h"

namespace gmr::reporter {

namespace {

constexpr size_t kWidth = 72;
// Of suspended functions, for each thread.
constexpr size_t kMaxGreenGroups = 10;
constexpr size_t kMaxGreenFrames = 8;

__attribute__((format(printf, 2, 3))) void Append(std::string* text, const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  *text += line;
}

// Control characters could play tricks on the reader's terminal.
std::string Printable(const std::string& raw) {
  std::string text;
  for (const char c : raw) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      Append(&text, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

void AppendBanner(std::string* text, const char* title) {
  const std::string bar(kWidth, '=');
  const int inner = static_cast<int>(kWidth) - 8;
  const int length = static_cast<int>(std::char_traits<char>::length(title));
  const int left = (inner - length) / 2;
  *text += bar;
  Append(text, "\n====%*s%s%*s====\n", left, "", title, inner - length - left, "");
  *text += bar + "\n";
}

std::string Utc(double wall_clock_ms) {
  const auto seconds = static_cast<time_t>(wall_clock_ms / 1e3);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void AppendFrame(std::string* text, const vm::Frame& frame) {
  *text += "  ";
  if (frame.kind == vm::FrameKind::kAsync) *text += "async ";
  if (frame.is_constructor) *text += "new ";
  *text += frame.function_name.empty() ? "(anonymous)" : Printable(frame.function_name);
  if (frame.kind == vm::FrameKind::kBuiltin) *text += " (<builtin>)";
  if (frame.kind == vm::FrameKind::kNative) *text += "  " + Printable(frame.file);
  if (!frame.file.empty() && frame.kind != vm::FrameKind::kNative) {
    *text += " (" + Printable(frame.file);
    if (frame.line > 0) Append(text, ":%d", frame.line);
    if (frame.column > 0) Append(text, ":%d", frame.column);
    if (frame.quality == vm::FrameQuality::kFunction) *text += ", start of the function";
    if (frame.quality == vm::FrameQuality::kApproximate) *text += ", approximately";
    *text += ")";
  }
  if (frame.is_eval) *text += " [eval]";
  if (frame.kind == vm::FrameKind::kWasm) *text += " [wasm]";
  *text += "\n";
}

void AppendOs(std::string* text, const ThreadPhoto& photo) {
  const platform::ThreadStatus& os = photo.status;
  Append(text, "%c", os.state);
  if (!photo.doing.empty()) {
    *text += " in " + Printable(photo.doing);
  } else if (os.syscall && os.syscall->number >= 0) {
    const char* name = platform::SyscallName(os.syscall->number);
    if (name != nullptr) {
      Append(text, " in %s", name);
    } else {
      Append(text, " in syscall %lld", static_cast<long long>(os.syscall->number));
    }
  }
  Append(text, "; cpu %.1f s user %.1f s sys", os.cpu_user_ms / 1e3, os.cpu_system_ms / 1e3);
}

void AppendStack(std::string* text, const vm::StackCapture& stack) {
  if (stack.method == vm::CaptureMethod::kPassive) *text += "  (captured passively)\n";
  if (stack.method == vm::CaptureMethod::kParked) *text += "  (captured while parked)\n";
  if (!stack.no_javascript.empty()) {
    *text += "  JavaScript frames not available: " + Printable(stack.no_javascript) + "\n";
  }
  for (size_t i = 0; i < stack.frames.size(); ++i) {
    AppendFrame(text, stack.frames[i]);
    if (stack.cut_count > 0 && i == static_cast<size_t>(stack.cut_after)) {
      Append(text, "  ... %s%d frames left out ...\n", stack.cut_at_least ? "at least " : "",
             stack.cut_count);
    }
  }
  for (const vm::Frame& frame : stack.async_frames) AppendFrame(text, frame);
}

void AppendIsolate(std::string* text, const IsolatePhoto& photo) {
  const vm::IsolateIdentity& identity = photo.status.identity;
  Append(text, "------ Thread #%d  %s %d", photo.status.tid, identity.is_main ? "main" : "worker",
         identity.thread_id);
  if (!identity.is_main && !identity.name.empty()) *text += " \"" + Printable(identity.name) + "\"";
  Append(text, "  %s", StateWord(photo.state));
  if (photo.status.loop_stalled_ms >= 0) {
    Append(text, "; event loop has not turned for %.1f s", photo.status.loop_stalled_ms / 1e3);
  }
  *text += " ------\n  state: ";
  if (photo.os) {
    AppendOs(text, *photo.os);
  } else {
    *text += "not available: " + photo.os_error;
  }
  *text += "\n";
  if (!photo.note.empty()) *text += "  " + photo.note + "\n";
  if (photo.stack) AppendStack(text, *photo.stack);
  *text += "\n";
}

std::string Describe(const vm::AsyncFrame& frame) {
  std::string text = frame.class_name.empty() ? "" : Printable(frame.class_name) + ".";
  text += frame.function_name.empty() ? "(anonymous)" : Printable(frame.function_name);
  if (frame.line > 0) Append(&text, " (%s:%d)", Printable(frame.file).c_str(), frame.line);
  return text;
}

// Without what they wait for: that may name a URL, and only the formatter masks.
void AppendGreenThreads(std::string* text, const IsolatePhoto& photo) {
  const vm::IsolateIdentity& identity = photo.status.identity;
  Append(text, "  %s %d: ", identity.is_main ? "main" : "worker", identity.thread_id);
  if (!photo.green_threads.found) {
    *text += "not available: " + Printable(photo.green_threads.reason) + "\n";
    return;
  }
  const vm::GreenThreads& found = *photo.green_threads.found;
  Append(text, "%u suspended async functions, %u green threads, %u groups%s\n", found.suspended_functions,
         found.green_threads, found.total_groups, photo.green_threads.approximate ? " (approximate)" : "");
  for (size_t i = 0; i < found.groups.size() && i < kMaxGreenGroups; ++i) {
    Append(text, "    %u%s in ", found.groups[i].count, found.groups[i].deadlock ? " in a DEADLOCK" : "");
    const auto& frames = found.groups[i].frames;
    for (size_t k = 0; k < frames.size() && k < kMaxGreenFrames; ++k)
      *text += (k == 0 ? "" : " < ") + Describe(frames[k]);
    *text += "\n";
  }
}

}  // namespace

std::string WritePlainText(const Photograph& photograph, const std::string& why) {
  std::string text;
  AppendBanner(&text, "Guru Meditation");
  text += "  essential report: the formatter did not run (" + Printable(why) + ")\n";
  text += "  report " + photograph.report_id + ", " + Utc(photograph.trigger.wall_clock_ms);
  Append(&text, ", pid %d, stacks after %.1f ms\n", photograph.pid, photograph.stacks_after_ms);
  text += "  trigger: " + Printable(DescribeTrigger(photograph.trigger)) + "\n";
  AppendBanner(&text, "Threads");
  for (const IsolatePhoto& photo : photograph.isolates) AppendIsolate(&text, photo);
  for (const OtherThreadPhoto& other : photograph.other_threads) {
    Append(&text, "  other thread #%d  %s  ", other.os.status.tid, Printable(other.os.status.name).c_str());
    AppendOs(&text, other.os);
    text += "\n";
  }
  AppendBanner(&text, "Green Threads");
  for (const IsolatePhoto& photo : photograph.isolates) AppendGreenThreads(&text, photo);
  text += "==== End of report " + photograph.report_id + " ====\n";
  return text;
}

std::string WriteLateAnswer(const vm::Capture& capture) {
  const vm::Answer& answer = capture.answer();
  std::string text = "gmr: report " + capture.question().report_id + ": " + Printable(capture.thread_label());
  const double after_ms = platform::MsBetween(capture.question().asked_at_ns, answer.answered_at_ns);
  if (after_ms < 1e3) {
    Append(&text, " answered after %.0f ms", after_ms);
  } else {
    Append(&text, " answered after %.1f s", after_ms / 1e3);
  }
  if (answer.stack.frames.empty()) {
    text += ", when it ran no JavaScript any more\n";
    return text;
  }
  text += ", the next JavaScript that it ran was";
  std::string frame;
  AppendFrame(&frame, answer.stack.frames.front());
  return text + frame.substr(1);
}

}  // namespace gmr::reporter

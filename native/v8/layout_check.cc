#include "layout_check.h"

#include <memory>
#include <vector>

#include "../image/stack/entry_frame.h"
#include "../image/stack/js_frames.h"
#include "../process/self_memory.h"

namespace gmr::vm {

namespace {

constexpr size_t kArenaBytes = size_t{64} << 10;

std::string ToText(v8::Isolate* isolate, v8::Local<v8::String> string) {
  if (string.IsEmpty()) return "";
  const v8::String::Utf8Value utf8(isolate, string);
  return *utf8 == nullptr ? "" : std::string(*utf8, static_cast<size_t>(utf8.length()));
}

std::string Describe(const std::string& name, const std::string& file, int line, int column) {
  return name + " (" + file + ":" + std::to_string(line) + ":" + std::to_string(column) + ")";
}

std::vector<std::string> DescribeV8Stack(v8::Isolate* isolate, int max_frames) {
  const v8::HandleScope scope(isolate);
  std::vector<std::string> frames;
  const auto trace = v8::StackTrace::CurrentStackTrace(isolate, max_frames, v8::StackTrace::kDetailed);
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    const auto frame = trace->GetFrame(isolate, static_cast<uint32_t>(i));
    if (frame->IsWasm()) continue;
    frames.push_back(Describe(ToText(isolate, frame->GetFunctionName()),
                              ToText(isolate, frame->GetScriptNameOrSourceURL()), frame->GetLineNumber(),
                              frame->GetColumn()));
  }
  return frames;
}

std::vector<std::string> DescribeDecodedStack(JsFrames* decoder, platform::Registers registers,
                                              int max_frames) {
  std::vector<RawFrame> storage(4 * static_cast<size_t>(max_frames));
  FrameList list{storage.data(), storage.size()};
  std::vector<std::string> frames;
  while (decoder->Step(&registers, false, &list) == NextFrame::kV8) {
  }
  for (size_t i = 0; i < list.count; ++i) {
    const RawFrame& frame = storage[i];
    if (frame.kind != RawFrameKind::kJs) continue;
    // v8::StackTrace has no name for what only Error.stack calls "eval".
    const bool unnamed = frame.is_eval && std::string_view(frame.name) == "eval";
    const char* name = *frame.false_name != '\0' || unnamed ? frame.false_name : frame.name;
    frames.push_back(Describe(name, frame.file, frame.line, frame.column));
  }
  return frames;
}

}  // namespace

LayoutVerdict CheckLayout(v8::Isolate* isolate, const Layout& layout, const CodeRanges& ranges,
                          int max_frames) {
  LayoutVerdict verdict;
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  platform::Arena arena(kArenaBytes);
  const auto decoder = std::make_unique<JsFrames>(&layout, &memory, &arena);
  platform::Registers registers;
  decoder->StartCapture(&ranges);
  const platform::Address address = platform::OwnAddress(isolate);
  verdict.entry_fp_offset =
      FindEntryFpOffset({address, platform::OwnAddress(__builtin_frame_address(0))}, layout, ranges, &memory);
  if (!LoadEntryRegisters(address, verdict.entry_fp_offset, layout, &memory, &registers)) {
    verdict.problem = "the frame that left JavaScript was not found";
    return verdict;
  }
  const std::vector<std::string> expected = DescribeV8Stack(isolate, max_frames);
  // V8 made objects for that: what was read before may be of another time.
  memory.Forget();
  const std::vector<std::string> decoded = DescribeDecodedStack(decoder.get(), registers, max_frames);
  if (expected.empty()) verdict.problem = "no JavaScript to compare with";
  // Only the frames up to the first native one are decoded here.
  for (size_t i = 0; i < expected.size() && i < decoded.size(); ++i) {
    if (expected[i] != decoded[i]) {
      verdict.problem = "expected " + expected[i] + ", decoded " + decoded[i];
      return verdict;
    }
    ++verdict.compared_frames;
  }
  if (decoded.empty() && verdict.problem.empty()) verdict.problem = "no frame was decoded";
  return verdict;
}

}  // namespace gmr::vm

#include "own_frames.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/containers/arena.h"
#include "../image/stack/entry_frame.h"
#include "../image/stack/js_frames.h"
#include "../process/self_memory.h"
#include "../process/threads/cpu_budget.h"

namespace gmr::vm {

namespace {

using platform::Registers;

// A stack of 20 frames takes a quarter of a millisecond. On a virtual machine, time that the host took counts
// as CPU time too.
constexpr int64_t kWalkNs = 4 * platform::kNsPerMs;
// A usual stack takes a fifth of a millisecond; one through some hundred scripts takes two.
constexpr int64_t kDescribeNs = 5 * platform::kNsPerMs;
constexpr size_t kMaxRawFrames = 16384;
constexpr size_t kTextBytes = size_t{2} << 20;

class OwnStack {
 public:
  OwnStack(v8::Isolate* isolate, const OwnFramesPlan& plan)
      : plan_(plan),
        ranges_(plan.ranges),
        texts_(kTextBytes),
        frames_(kMaxRawFrames * sizeof(RawFrame)),
        js_(&plan.layout, &memory_, &texts_) {
    list_.frames = reinterpret_cast<RawFrame*>(frames_.Allocate(kMaxRawFrames * sizeof(RawFrame)));
    list_.capacity = list_.frames == nullptr ? 0 : kMaxRawFrames;
    // Code may have been compiled into new memory since the plan was made.
    void* code = nullptr;
    size_t code_bytes = 0;
    isolate->GetCodeRange(&code, &code_bytes);
    const platform::Address code_begin = platform::OwnAddress(code);
    ranges_.Add(code_begin, code_begin + code_bytes, CodeOwner::kJit);
    js_.StartCapture(&ranges_);
  }

  void Walk(platform::Address isolate) {
    Registers registers;
    if (!LoadEntryRegisters(isolate, plan_.layout.isolate_entry_fp, plan_.layout, &memory_, &registers))
      return;
    const platform::CpuBudget budget(kWalkNs);
    while (!budget.IsUsedUp()) {
      const platform::Address fp = registers.fp();
      const NextFrame next = js_.Step(&registers, false, &list_);
      if (next == NextFrame::kV8) continue;
      // C++ called JavaScript here, and may have been called by JavaScript itself.
      if (next == NextFrame::kBroken) return;
      if (!LoadOuterExit(fp, plan_.layout, &memory_, &registers)) {
        complete_ = true;
        return;
      }
    }
  }

  // V8's builtins between frames of JavaScript are added, which V8 does not tell.
  void Describe(StackCapture* reported) {
    DropMachinery();
    const platform::CpuBudget budget(kDescribeNs);
    const bool is_whole = complete_ && reported->cut_count == 0 && CountReported() == reported->frames.size();
    // Where the stack was cut, the next frame is not the caller of the one before.
    const size_t top =
        reported->cut_count == 0 ? reported->frames.size() : static_cast<size_t>(reported->cut_after) + 1;
    std::vector<Frame> frames;
    size_t next = 0;
    size_t read = 0;
    size_t described = 0;
    for (; next < top && read < list_.count; ++read) {
      RawFrame& frame = list_.frames[read];
      if (frame.kind == RawFrameKind::kBuiltin) {
        if (next > 0) frames.push_back(ToBuiltin(&frame));
        continue;
      }
      // When every frame has its counterpart, one that differs does not concern the others.
      if (!Adopt(budget, &frame, &reported->frames[next]) && !is_whole) break;
      frames.push_back(std::move(reported->frames[next++]));
      described = frames.size();
    }
    frames.resize(described);
    if (complete_) DescribeBottom(budget, next, read, reported);
    if (reported->cut_count > 0) reported->cut_after += static_cast<int>(described) - static_cast<int>(next);
    std::move(reported->frames.begin() + static_cast<ptrdiff_t>(next), reported->frames.end(),
              std::back_inserter(frames));
    reported->frames = std::move(frames);
    reported->scripts = js_.scripts().ToScripts();
  }

 private:
  // Of frames from `first_told` on, which have not been described yet, by what was read from `first_read` on.
  void DescribeBottom(const platform::CpuBudget& budget, size_t first_told, size_t first_read,
                      StackCapture* reported) {
    size_t next = reported->frames.size();
    for (size_t i = list_.count; i > first_read && next > first_told;) {
      RawFrame& frame = list_.frames[--i];
      if (frame.kind == RawFrameKind::kBuiltin) continue;
      if (!Adopt(budget, &frame, &reported->frames[--next])) return;
    }
  }

  void DropMachinery() {
    size_t kept = 0;
    for (size_t i = 0; i < list_.count; ++i) {
      const RawFrame& frame = list_.frames[i];
      const bool is_named_builtin = frame.kind == RawFrameKind::kBuiltin && *frame.name != '\0';
      if (is_named_builtin || IsTold(frame)) list_.frames[kept++] = frame;
    }
    list_.count = kept;
  }

  static bool IsTold(const RawFrame& frame) {
    return frame.kind == RawFrameKind::kJs || frame.kind == RawFrameKind::kWasm;
  }

  size_t CountReported() const {
    return static_cast<size_t>(std::count_if(list_.frames, list_.frames + list_.count, &IsTold));
  }

  Frame ToBuiltin(RawFrame* read) {
    js_.ReadCode(read);
    Frame frame;
    frame.kind = FrameKind::kBuiltin;
    frame.function_name = read->name;
    frame.class_name = read->class_name;
    frame.is_constructor = read->is_constructor;
    return frame;
  }

  // Names may contain NUL, at which that from memory ends.
  static bool IsText(const std::string& reported, const char* read) {
    return std::strcmp(reported.c_str(), read) == 0;
  }

  static bool IsSame(const RawFrame& read, const Frame& reported) {
    if (reported.kind == FrameKind::kWasm) return read.kind == RawFrameKind::kWasm;
    if (read.kind != RawFrameKind::kJs || read.quality != RawFrameQuality::kExact) return false;
    // V8's API has no name for what its own traces call "eval".
    const bool unnamed_eval =
        read.is_eval && reported.function_name.empty() && std::string_view(read.name) == "eval";
    const char* name = *read.false_name != '\0' ? read.false_name : read.name;
    return (unnamed_eval || IsText(reported.function_name, name)) && IsText(reported.file, read.file) &&
           reported.line == read.line && reported.column == read.column;
  }

  // False: the two do not agree, or time is up.
  bool Adopt(const platform::CpuBudget& budget, RawFrame* read, Frame* reported) {
    if (!IsSame(*read, *reported) || budget.IsUsedUp()) return false;
    js_.ReadCode(read);
    if (*read->false_name != '\0') reported->function_name = read->name;
    reported->code = ToCodeText(read->code);
    if (!reported->is_constructor) reported->class_name = read->class_name;
    return true;
  }

  const OwnFramesPlan& plan_;
  CodeRanges ranges_;
  platform::SelfMemory self_;
  platform::MemoryReader memory_{&self_};
  platform::Arena texts_;
  platform::Arena frames_;
  JsFrames js_;
  FrameList list_;
  bool complete_ = false;
};

}  // namespace

void DescribeOwnFrames(v8::Isolate* isolate, const OwnFramesPlan& plan, StackCapture* reported) {
  const bool wanted = std::any_of(reported->frames.begin(), reported->frames.end(),
                                  [](const Frame& frame) { return frame.is_user_code; });
  if (!wanted) return;
  // Too large for a stack.
  const auto own = std::make_unique<OwnStack>(isolate, plan);
  own->Walk(platform::OwnAddress(isolate));
  own->Describe(reported);
}

}  // namespace gmr::vm

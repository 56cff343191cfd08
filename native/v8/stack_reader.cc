#include "stack_reader.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "../base/clock.h"
#include "../image/stack/atomics_frames.h"
#include "../image/stack/native_around.h"
#include "../os/park_handler.h"
#include "../os/park_signal.h"
#include "../process/threads/cpu_budget.h"
#include "../process/threads/syscall_describe.h"
#include "../unwind/code_names.h"

namespace gmr::vm {

namespace {

constexpr size_t kTextBytes = size_t{1} << 20;
constexpr size_t kMaxRawFrames = 16384;
// Used when memory is short.
constexpr size_t kFewTextBytes = size_t{128} << 10;
constexpr size_t kFewRawFrames = 1024;
// What is not tested is not tried: a wrong stack is worse than none.
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
constexpr bool kSupported = true;
#else
constexpr bool kSupported = false;
#endif
constexpr const char* kUnsupported = "stacks are read from memory on x86-64 and arm64 Linux only";
// A thread that wakes all the time is seldom found twice at the same place.
constexpr int kTries = 5;
// Reading the text of the code and the classes of receivers may prolong a thread's stop by so much.
constexpr int64_t kHeldCodeNs = 3 * platform::kNsPerMs;
// And so much while it is blocked, which costs it nothing.
constexpr int64_t kBlockedCodeNs = 50 * platform::kNsPerMs;

using platform::PlaceState;
using platform::ThreadPlace;

FrameKind KindOf(RawFrameKind kind) {
  switch (kind) {
    case RawFrameKind::kBuiltin:
      return FrameKind::kBuiltin;
    case RawFrameKind::kWasm:
      return FrameKind::kWasm;
    case RawFrameKind::kNative:
      return FrameKind::kNative;
    case RawFrameKind::kJs:
    case RawFrameKind::kGlue:
      break;
  }
  return FrameKind::kJs;
}

FrameQuality QualityOf(RawFrameQuality quality) {
  switch (quality) {
    case RawFrameQuality::kExact:
      return FrameQuality::kExact;
    case RawFrameQuality::kFunction:
      return FrameQuality::kFunction;
    case RawFrameQuality::kApproximate:
      break;
  }
  return FrameQuality::kApproximate;
}

Frame ToFrame(const RawFrame& raw) {
  Frame frame;
  frame.kind = KindOf(raw.kind);
  frame.quality = QualityOf(raw.quality);
  frame.function_name = raw.name;
  frame.class_name = raw.class_name;
  frame.file = raw.file;
  frame.line = raw.line;
  frame.column = raw.column;
  frame.is_constructor = raw.is_constructor;
  frame.is_eval = raw.is_eval;
  frame.is_user_code = raw.is_user_code;
  frame.code = ToCodeText(raw.code);
  if (raw.kind == RawFrameKind::kNative) frame.pc = raw.pc;
  // What stands for an exported function on the way into its module.
  if (frame.file.starts_with("wasm:")) frame.kind = FrameKind::kWasm;
  return frame;
}

// Top and bottom of a stack are kept: what it does, and who began it.
struct Shown {
  size_t top = 0;
  size_t bottom = 0;

  static Shown Of(size_t frames, int max_frames) {
    const auto limit = static_cast<size_t>(std::max(max_frames, 1));
    if (frames <= limit) return {frames, 0};
    const size_t top = (limit + 1) / 2;
    return {top, limit - top};
  }
};

ReadStack Failed(ReadStack::Outcome outcome, std::string problem) {
  ReadStack read;
  read.outcome = outcome;
  read.problem = std::move(problem);
  return read;
}

// At once after ParkThread(): errno is still its own.
std::string WhyNotParked(platform::ParkOutcome outcome) {
  switch (outcome) {
    case platform::ParkOutcome::kNoThread:
      return "the thread has ended";
    case platform::ParkOutcome::kNotSent:
      return platform::SysError{errno, "sending the signal that stops it"}.ToString();
    case platform::ParkOutcome::kUnsupported:
      return "this platform cannot stop a single thread";
    case platform::ParkOutcome::kParked:
    case platform::ParkOutcome::kNotTaken:
      break;
  }
  return "the thread did not take the signal that stops it: it masks it, or got no CPU";
}

}  // namespace

StackReader::StackReader(const LoadedLayout& layout, BuiltinsBlob builtins, Memory memory)
    : layout_(layout),
      builtins_(builtins),
      with_code_(memory == Memory::kUsual),
      max_raw_frames_(memory == Memory::kUsual ? kMaxRawFrames : kFewRawFrames),
      memory_(&self_, memory == Memory::kUsual ? platform::ReadCache::kUsual : platform::ReadCache::kNone),
      texts_(memory == Memory::kUsual ? kTextBytes : kFewTextBytes),
      frames_(max_raw_frames_ * sizeof(RawFrame)),
      walker_(layout.usable ? &layout.layout : nullptr, &memory_, &texts_, &modules_, &maps_, &ranges_) {
  Refresh();
}

void StackReader::Refresh() {
  memory_.Forget();
  modules_ = platform::ModuleList::Collect(&memory_);
  if (auto maps = platform::ProcMaps::Read(); maps.ok()) maps_ = std::move(maps.value());
  FillCodeRanges(maps_, modules_, builtins_, &ranges_);
}

// Takes no lock and does not allocate. `copy`: of the stack, when it is not that of a thread that stands
// still.
WalkEnd StackReader::WalkInto(const WalkStart& start, const platform::StackCopy* copy, FrameList* list) {
  memory_.Forget();
  if (copy != nullptr) memory_.ReadInstead(copy->begin, copy->bytes.get(), copy->size);
  texts_.Reset();
  frames_.Reset();
  list->frames = reinterpret_cast<RawFrame*>(frames_.Allocate(max_raw_frames_ * sizeof(RawFrame)));
  list->capacity = list->frames != nullptr ? max_raw_frames_ : 0;
  list->count = 0;
  return walker_.Walk(start, list);
}

// Of the frames that are shown. Takes no lock and does not allocate.
void StackReader::ReadCode(int max_frames, int64_t budget_ns, FrameList* list) {
  if (!with_code_) return;
  const Shown shown = Shown::Of(list->count, max_frames);
  const platform::CpuBudget budget(budget_ns);
  for (size_t i = 0; i < list->count; ++i) {
    if (i == shown.top) i = list->count - shown.bottom;
    if (i == list->count || budget.IsUsedUp()) return;
    walker_.js().ReadCode(&list->frames[i]);
  }
}

void StackReader::UseContextPlan(std::shared_ptr<const ContextPlan> plan) {
  context_.reset();
  context_plan_ = std::move(plan);
  if (context_plan_ != nullptr)
    context_ = std::make_unique<ThreadContextReader>(&memory_, context_plan_.get());
}

// Takes no lock and does not allocate.
void StackReader::ReadContext(const ThreadToRead& thread, const FrameList& list) {
  const auto is_javascript = [](const RawFrame& frame) { return frame.kind == RawFrameKind::kJs; };
  context_was_read_ = context_ != nullptr && !thread.environment.IsNull() &&
                      std::any_of(list.frames, list.frames + list.count, is_javascript);
  if (context_was_read_)
    context_->Read(ThreadContextReader::Whose::kAnother, {thread.isolate, thread.environment}, thread.query);
}

void StackReader::TakeContext(ReadStack* read) const {
  if (context_was_read_) read->context = context_->Take();
}

ReadStack StackReader::ReadBlocked(const ThreadToRead& thread) {
  if (!kSupported) return Failed(ReadStack::Outcome::kUnreadable, kUnsupported);
  FrameList list;
  WalkStart start;
  start.isolate = thread.isolate;
  for (int i = 0; i < kTries; ++i) {
    const ThreadPlace before = platform::ReadThreadPlace(thread.tid);
    if (before.state == PlaceState::kUnreadable) {
      return Failed(ReadStack::Outcome::kUnreadable, "the kernel does not show where the thread is");
    }
    if (before.state != PlaceState::kBlocked) continue;
    start.registers = before.ToRegisters();
    const WalkEnd end = WalkInto(start, nullptr, &list);
    ReadCode(thread.max_frames, kBlockedCodeNs, &list);
    ReadContext(thread, list);
    const platform::TextBuffer doing = platform::DescribeSyscall(before, &memory_);
    if (!platform::Unmoved(before, platform::ReadThreadPlace(thread.tid))) continue;
    ReadStack read;
    read.outcome = ReadStack::Outcome::kRead;
    read.stack = ToCapture(CaptureMethod::kPassive, end, list, thread.max_frames);
    read.stack.in_atomics_wait = ShowsWait(read.stack.frames);
    TakeContext(&read);
    read.doing = platform::Unmasked(std::string(doing.view()));
    read.syscall = before.syscall;
    return read;
  }
  return Failed(ReadStack::Outcome::kRunning, "the thread did not stay at one place");
}

ReadStack StackReader::ReadParked(const ThreadToRead& thread, int64_t deadline_ns) {
  if (!kSupported) return Failed(ReadStack::Outcome::kNotParked, kUnsupported);
  const auto number = platform::ParkSignalNumber();
  if (!number.ok()) return Failed(ReadStack::Outcome::kNotParked, number.error().ToString());
  FrameList list;
  WalkStart start;
  start.isolate = thread.isolate;
  start.is_parked = true;
  const platform::ParkOutcome outcome =
      platform::ParkThread(number.value(), thread.tid, deadline_ns, &start.registers);
  if (outcome != platform::ParkOutcome::kParked) {
    return Failed(ReadStack::Outcome::kNotParked, WhyNotParked(outcome));
  }
  const int64_t parked_at_ns = platform::MonotonicNs();
  const WalkEnd end = WalkInto(start, nullptr, &list);
  ReadCode(thread.max_frames, kHeldCodeNs, &list);
  ReadContext(thread, list);
  const bool was_parked = platform::ReleaseThread();
  const double held_ms = platform::MsBetween(parked_at_ns, platform::MonotonicNs());
  if (!was_parked) {
    return Failed(ReadStack::Outcome::kNotParked, "the thread ran on before its stack was read");
  }
  ReadStack read;
  read.outcome = ReadStack::Outcome::kRead;
  read.stack = ToCapture(CaptureMethod::kParked, end, list, thread.max_frames);
  read.stack.held_ms = held_ms;
  TakeContext(&read);
  read.met_unknown_code = end.met_unknown_code;
  return read;
}

std::shared_ptr<const OwnFramesPlan> StackReader::PlanOwnFrames() const {
  if (!kSupported || !with_code_ || !layout_.usable) return nullptr;
  auto plan = std::make_shared<OwnFramesPlan>();
  plan->layout = layout_.layout;
  plan->ranges = ranges_;
  return plan;
}

void StackReader::AddNativeFrames(const platform::StackCopy& copy, StackCapture* told) {
  if (told->frames.empty() || told->cut_count > 0) return;
  if (copy.size == 0) {
    told->no_native = kSupported ? "the kernel denies a copy of the stack" : kUnsupported;
    return;
  }
  // Without the address of its isolate: that tells where V8 left for C++ now, not then.
  WalkStart start;
  start.registers = copy.registers;
  FrameList list;
  const WalkEnd end = WalkInto(start, &copy, &list);
  std::vector<Frame> read;
  read.reserve(list.count);
  for (size_t i = 0; i < list.count; ++i) read.push_back(ToFrame(list.frames[i]));
  told->in_atomics_wait = ShowsWait(read);
  if (!layout_.usable) {
    told->no_native = layout_.reason;
  } else if (end.last_sp > copy.begin + copy.size) {
    told->no_native = "the stack is too deep to be copied";
  } else if (!PutNativeFramesAround(read, &told->frames, &told->above)) {
    told->no_native = end.is_complete ? "the thread had moved on before they were matched"
                                      : "the stack could not be followed to its end";
  }
}

StackCapture StackReader::ToCapture(CaptureMethod method, const WalkEnd& end, const FrameList& list,
                                    int max_frames) {
  StackCapture capture;
  capture.method = method;
  capture.has_gap = end.has_gap;
  if (!layout_.usable) capture.no_javascript = layout_.reason;
  capture.scripts = walker_.js().scripts().ToScripts();
  const auto [top, bottom] = Shown::Of(list.count, max_frames);
  for (size_t i = 0; i < top; ++i) capture.frames.push_back(ToFrame(list.frames[i]));
  for (size_t i = list.count - bottom; i < list.count; ++i) capture.frames.push_back(ToFrame(list.frames[i]));
  capture.cut_count = static_cast<int>(list.count - top - bottom);
  capture.cut_after = static_cast<int>(top) - 1;
  capture.cut_at_least = end.is_truncated;
  return capture;
}

bool StackReader::ShowsWait(const std::vector<Frame>& frames) const {
  return ShowsAtomicsWait(frames, [this](std::vector<Frame>* native) {
    StackCapture stack;
    stack.frames.swap(*native);
    NameNativeFrames({&stack});
    native->swap(stack.frames);
  });
}

void StackReader::NameNativeFrames(const std::vector<StackCapture*>& stacks) const {
  // Threads of a pool share most of their addresses.
  std::map<platform::Address, std::vector<Frame*>> frames;
  for (StackCapture* stack : stacks) {
    for (std::vector<Frame>* part : {&stack->frames, &stack->above}) {
      for (Frame& frame : *part) {
        if (frame.kind == FrameKind::kNative) frames[frame.pc].push_back(&frame);
      }
    }
  }
  std::vector<platform::Address> addresses;
  addresses.reserve(frames.size());
  for (const auto& [address, at] : frames) addresses.push_back(address);
  const std::vector<platform::CodeName> names = platform::NameCode(modules_, maps_, addresses);
  auto name = names.begin();
  for (auto& [address, at] : frames) {
    for (Frame* frame : at) {
      frame->function_name = name->ToString();
      if (!name->function.empty()) frame->file = name->module;
    }
    ++name;
  }
}

}  // namespace gmr::vm

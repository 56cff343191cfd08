#include "frame_pointer_search.h"

#include "machine_code.h"

namespace gmr::platform {

namespace {

constexpr uint64_t kWordBytes = sizeof(uint64_t);
// Frames with a frame pointer that are larger than this are not found by search.
constexpr uint64_t kSearchBytes = uint64_t{128} << 10;
// A direct call to the very function may come a little behind an indirect one.
constexpr uint64_t kBetterWithinBytes = uint64_t{16} << 10;
constexpr uint64_t kMaxCallerDistance = uint64_t{8} << 20;
// Native frames between a system call and JavaScript or the thread's start.
constexpr int kMaxChainSteps = 96;
// Following a chain takes microseconds, and a stack may be full of look-alikes.
constexpr int kMaxChains = 256;

}  // namespace

struct FramePointerSearch::Frame {
  const Registers& registers;
  bool pc_is_exact;
  const StepResult& step;
  ChainJudge* judge;
  mutable int chains_left = kMaxChains;
};

FoundFramePointer FramePointerSearch::Find(const Registers& registers, bool pc_is_exact,
                                           const StepResult& step, ChainJudge* judge) {
  const Frame frame{registers, pc_is_exact, step, judge};
  if (const Address computed = ComputeFromPrologue(frame); !computed.IsNull()) {
    return FoundFramePointer{computed, false};
  }
  return SearchStack(frame);
}

// push rbp; mov rbp, rsp; push...; sub rsp, N. So the saved registers end N
// bytes above the stack pointer, and the frame pointer is two words (itself and
// the return address) below the CFA. Large frames are taken in several steps.
Address FramePointerSearch::ComputeFromPrologue(const Frame& frame) {
  constexpr size_t kMaxAdjustments = 8;
  uint32_t sizes[kMaxAdjustments];
  const size_t count =
      FindStackAdjustments(reader_, frame.step.function_start, frame.registers.pc(), sizes, kMaxAdjustments);
  const auto saved_bytes = static_cast<uint64_t>(frame.step.saved_bytes);
  const Address without_locals = frame.registers.sp() + saved_bytes - 2 * kWordBytes;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += sizes[i];
    if (Test(frame, without_locals + sizes[i], Call::kToSomewhere)) return without_locals + sizes[i];
    if (sum != sizes[i] && Test(frame, without_locals + sum, Call::kToSomewhere)) return without_locals + sum;
  }
  return Test(frame, without_locals, Call::kToSomewhere) ? without_locals : Address();
}

FoundFramePointer FramePointerSearch::SearchStack(const Frame& frame) {
  const Address start = frame.registers.sp().AlignedDown(kWordBytes);
  Address end = start + kSearchBytes;
  FoundFramePointer best;
  for (Address at = start; at < end; at += kWordBytes) {
    uint64_t saved[2];  // the caller's frame pointer, the return address
    if (!reader_->Load(at, &saved)) break;
    if (saved[0] % kWordBytes != 0 || Address(saved[0]) <= at || Address(saved[0]) - at > kMaxCallerDistance)
      continue;
    if (Test(frame, at, Call::kToFunction)) return FoundFramePointer{at, true};
    if (best.frame_pointer.IsNull() && Test(frame, at, Call::kToSomewhere)) {
      best = FoundFramePointer{at, true};
      end = at + kBetterWithinBytes;
    }
  }
  return best;
}

bool FramePointerSearch::Test(const Frame& frame, Address candidate, Call least) {
  Address return_address;
  if (!reader_->Load(candidate + kWordBytes, &return_address)) return false;
  if (!maps_->IsExecutable(return_address)) return false;
  if (CallBefore(return_address, frame.step.function_start) < least) return false;
  if (frame.chains_left-- <= 0) return false;
  Registers registers = frame.registers;
  registers.Set(kFramePointer, candidate);
  const Module* module = modules_->Find(registers.pc());
  if (module == nullptr) return false;
  const StepResult step = unwinder_->Step(*module, frame.pc_is_exact, &registers);
  return step.outcome == StepOutcome::kStepped && ArrivesWell(registers, step.pc_is_exact, frame.judge);
}

bool FramePointerSearch::ArrivesWell(Registers registers, bool pc_is_exact, ChainJudge* judge) {
  for (int i = 0; i < kMaxChainSteps; ++i) {
    const ChainVerdict verdict = judge->AtFrame(registers);
    if (verdict != ChainVerdict::kGoOn) return verdict == ChainVerdict::kBelieved;
    const Module* module = modules_->Find(registers.pc());
    if (module == nullptr) return false;
    const StepResult step = unwinder_->Step(*module, pc_is_exact, &registers);
    if (step.outcome == StepOutcome::kEndOfStack) return judge->AtEndOfStack() == ChainVerdict::kBelieved;
    if (step.outcome != StepOutcome::kStepped) return false;
    pc_is_exact = step.pc_is_exact;
  }
  return false;
}

FramePointerSearch::Call FramePointerSearch::CallBefore(Address return_address, Address function_start) {
  const CallSite call = FindCallBefore(reader_, return_address);
  if (!call.is_call) return Call::kNone;
  if (call.target.IsNull()) return Call::kToSomewhere;
  if (call.target == function_start) return Call::kToFunction;
  // Of a direct call that goes nowhere, the bytes only look like one.
  return maps_->IsExecutable(call.target) ? Call::kToSomewhere : Call::kNone;
}

}  // namespace gmr::platform

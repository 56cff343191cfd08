#include "conclusion.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "../../base/clock.h"

namespace gmr::reporter {

namespace {

using platform::MonotonicNs;

// Event loops that turn this rarely are called blocked.
constexpr double kBlockedAfterMs = 200;
// A thread that uses more of a CPU does not wait.
constexpr double kBusyShare = 0.5;

IsolateState StateOfAnswered(const IsolatePhoto& photo, const vm::StackCapture& stack) {
  const bool empty = stack.frames.empty() && !stack.running_microtasks;
  if (empty && (!photo.os || photo.os->status.InEventPoll())) return IsolateState::kIdle;
  return photo.status.loop_stalled_ms >= kBlockedAfterMs ? IsolateState::kBlocked : IsolateState::kRunning;
}

// When it did not answer, but its stack was read.
IsolateState StateOfRead(const IsolatePhoto& photo, vm::CaptureMethod method) {
  if (method == vm::CaptureMethod::kPassive) return IsolateState::kBlocked;
  return photo.status.loop_stalled_ms >= kBlockedAfterMs ? IsolateState::kBlocked : IsolateState::kRunning;
}

std::string WhySilent(const Subject& subject, double waited_ms) {
  char text[200];
  const bool asleep = subject.photo.os && subject.photo.os->status.state != 'R';
  std::snprintf(text, sizeof text, "no answer within %.0f ms: the thread is %s%s", waited_ms,
                asleep ? "blocked in a system call below native code" : "busy in native code",
                subject.silent != nullptr && !subject.silent->problem().empty() ? "; " : "");
  return subject.silent != nullptr ? text + subject.silent->problem() : text;
}

void ConcludeSilent(int64_t asked_at_ns, bool stopped, Subject* subject) {
  IsolatePhoto& photo = subject->photo;
  const double waited_ms = platform::MsBetween(asked_at_ns, MonotonicNs());
  ReadOs(subject);  // where it is now says more than where it was
  const vm::ReadStack* taken = subject->silent != nullptr ? subject->silent->taken() : nullptr;
  if (taken != nullptr) {
    char note[96];
    std::snprintf(note, sizeof note, "not answering (for %.0f ms): its stack was read from memory",
                  waited_ms);
    photo.note = note;
    photo.stack = taken->stack;
    photo.context = taken->context;
    photo.state = StateOfRead(photo, taken->stack.method);
    if (photo.os) SetBlocked(*taken, &*photo.os);
    return;
  }
  photo.state = IsolateState::kNotAnswering;
  photo.note = stopped ? "no answer: the process is exiting" : WhySilent(*subject, waited_ms);
}

// The clock of a loop starts anew with each report, whose question wakes it; `since_ms` does not.
double WaitedMs(double stalled_ms, int64_t asked_at_ns, int64_t since_ms) {
  const int64_t asked_ms = asked_at_ns / platform::kNsPerMs;
  return std::max(stalled_ms, static_cast<double>(asked_ms - since_ms));
}

// Derives the state from the kernel's data and the event loop's clock.
void ConcludeWithoutStack(const char* why, IsolatePhoto* photo) {
  const bool idle = photo->os && photo->os->status.InEventPoll();
  const bool stalled = photo->status.loop_stalled_ms >= kBlockedAfterMs;
  photo->state = idle ? IsolateState::kIdle : stalled ? IsolateState::kBlocked : IsolateState::kRunning;
  photo->note = why;
}

// Only V8 knows which functions await a promise job. If its answer is about the same job, they are kept.
void KeepAwaiting(const vm::StackCapture& answered, vm::StackCapture* read) {
  const vm::Frame& job = answered.frames.back();
  const vm::Frame& now = read->frames.back();
  if (!answered.running_microtasks) return;
  if (job.kind == now.kind && job.function_name == now.function_name && job.file == now.file)
    read->async_frames = answered.async_frames;
}

}  // namespace

// A stack that was read passively proves that the thread was blocked then. Another signal, such as that of a
// profiler, may wake it for a moment while /proc is read: the two must not contradict each other.
void SetBlocked(const vm::ReadStack& read, ThreadPhoto* os) {
  os->doing = read.doing;
  if (read.syscall < 0) return;
  // The kernel was asked for state and system call one after the other: either may be of that moment.
  os->status.syscall = platform::ThreadSyscall{.number = read.syscall};
  if (os->status.state == 'R') os->status.state = 'S';
}

void Conclude(int64_t asked_at_ns, bool stopped, Subject* subject) {
  IsolatePhoto& photo = subject->photo;
  if (photo.status.id == 0) {
    photo.state = IsolateState::kNotRegistered;
    photo.note = photo.status.identity.runs_module_hooks
                     ? "Node's own thread for module hooks, in which gmr-native is not loaded"
                     : "gmr-native is not loaded in this worker, or not yet";
    return;
  }
  if (subject->skipped) {
    ConcludeWithoutStack("its stack was not taken: memory is short", &photo);
    return;
  }
  if (subject->capture != nullptr && subject->capture->Abandon()) {
    ConcludeSilent(asked_at_ns, stopped, subject);
    return;
  }
  // Nothing is pending from here on: it answered or is gone.
  if (subject->capture == nullptr || subject->capture->state() == vm::Capture::State::kGone) {
    photo.state = IsolateState::kExited;
    photo.note = "it ended while the report was being made";
    return;
  }
  const vm::Answer& answer = subject->capture->answer();
  photo.answered_at_ns = answer.answered_at_ns;
  if (answer.ran_out_of_memory) {
    ConcludeWithoutStack("its stack could not be taken: memory ran out", &photo);
    return;
  }
  photo.state = StateOfAnswered(photo, answer.stack);
  if (photo.state == IsolateState::kIdle && answer.quiet_since_ms >= 0)
    photo.status.loop_stalled_ms = WaitedMs(photo.status.loop_stalled_ms, asked_at_ns, answer.quiet_since_ms);
  photo.stack = answer.stack;
  photo.context = answer.context;
  if (subject->was_met_in_native_code) {
    photo.stack = subject->silent->taken()->stack;
    photo.context = subject->silent->taken()->context;
    KeepAwaiting(answer.stack, &*photo.stack);
  }
  if (photo.status.identity.runs_module_hooks) photo.note = "Node's own thread for module hooks";
  photo.heap = subject->first_capture != nullptr ? subject->first_capture->answer().heap : answer.heap;
}

void ConcludeWaiting(IsolatePhoto* photo) {
  if (photo->status.identity.is_main || !photo->stack || !photo->stack->in_atomics_wait || !photo->os) return;
  // The state is that before the thread was asked. One that wakes and sleeps all the time is busy.
  const bool slept = photo->os->status.state == 'S' && photo->os->cpu_share.value_or(0) <= kBusyShare;
  if (slept) photo->state = IsolateState::kWaiting;
}

}  // namespace gmr::reporter

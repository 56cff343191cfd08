#include "park_handler.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>

#include "../base/clock.h"
#include "../base/futex.h"
#include "../base/own_calls.h"
#include "../base/park_slot.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define GMR_CAN_PARK 1
#include <sys/syscall.h>
#include <ucontext.h>
#endif

namespace gmr::platform {

#if defined(GMR_CAN_PARK)

namespace {

// The slot's word is the number of the question, and in its low bits where it
// stands. A signal carries the number of its own question.
enum Phase : uint32_t { kIdle, kAsked, kEntering, kParked, kGoOn };
constexpr uint32_t kPhaseBits = 3;
constexpr uint32_t kPhaseMask = (1u << kPhaseBits) - 1;

std::atomic<int> g_asked_tid{0};
// Written by the parked thread in kEntering, read by the reporter in kParked.
Registers g_registers;

static_assert(std::atomic<uint32_t>::is_always_lock_free,
              "an atomic with a lock inside would deadlock in a handler");

uint32_t SlotWord(uint32_t question, Phase phase) { return question << kPhaseBits | phase; }

// Until the slot is not `expected` any more, or for `longest_ns`, or for no reason.
void WaitWhile(uint32_t expected, int64_t longest_ns) {
  if (longest_ns <= 0) return;
  const timespec timeout{longest_ns / kNsPerSecond, longest_ns % kNsPerSecond};
  syscall(SYS_futex, &g_park_slot, kFutexWaitPrivate, expected, &timeout, nullptr, 0);
}

void WakeOther() { syscall(SYS_futex, &g_park_slot, kFutexWakePrivate, 1, nullptr, nullptr, 0); }

#if defined(__x86_64__)
void CopyRegisters(const ucontext_t& context, Registers* registers) {
  // DWARF's order, see registers.h; the kernel's is another.
  constexpr int kInDwarfOrder[kRegisterCount] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                                 REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                                 REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  for (int i = 0; i < kRegisterCount; ++i) {
    registers->value[i] = static_cast<uint64_t>(context.uc_mcontext.gregs[kInDwarfOrder[i]]);
  }
  registers->known = (uint64_t{1} << kRegisterCount) - 1;
}
#else
void CopyRegisters(const ucontext_t& context, Registers* registers) {
  for (int i = 0; i < 31; ++i) registers->value[i] = context.uc_mcontext.regs[i];
  registers->value[kSp] = context.uc_mcontext.sp;
  registers->value[kPc] = context.uc_mcontext.pc;
  registers->known = (uint64_t{1} << kRegisterCount) - 1;
}
#endif

// Sends the signal without the question's number, for filters that forbid rt_tgsigqueueinfo, which Node never
// calls.
bool SendPlainly(int number, int tid) { return syscall(SYS_tgkill, getpid(), tid, number) == 0; }

// Never 0.
uint32_t NextQuestion() {
  const uint32_t next = ((g_park_slot.load() >> kPhaseBits) + 1) & (~uint32_t{0} >> (kPhaseBits + 1));
  return next == 0 ? 1 : next;
}

bool SendTo(int number, int tid, uint32_t question) {
  g_asked_tid.store(tid);
  if (!MayCall(OwnCall::kRtTgsigqueueinfo)) return SendPlainly(number, tid);
  siginfo_t info{};
  info.si_signo = number;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_value.sival_int = static_cast<int>(question);
  if (syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, number, &info) == 0) return true;
  return errno != ESRCH && SendPlainly(number, tid);
}

// The number of the question that a signal carries; 0 when the signal is not ours. A signal from tgkill(2)
// carries no number: it counts as the latest question if that one is for this thread.
uint32_t QuestionOf(const siginfo_t* info) {
  if (info == nullptr || info->si_pid != getpid()) return 0;
  if (info->si_code == SI_QUEUE) return static_cast<uint32_t>(info->si_value.sival_int);
  const bool is_asked = info->si_code == SI_TKILL && syscall(SYS_gettid) == g_asked_tid.load();
  return is_asked ? g_park_slot.load() >> kPhaseBits : 0;
}

}  // namespace

void HandleParkSignal(int, siginfo_t* info, void* context) {
  // The interrupted code may be between a failed call and its look at errno.
  const int saved_errno = errno;
  const uint32_t question = QuestionOf(info);
  uint32_t asked = SlotWord(question, kAsked);
  if (question != 0 && g_park_slot.compare_exchange_strong(asked, SlotWord(question, kEntering))) {
    CopyRegisters(*static_cast<const ucontext_t*>(context), &g_registers);
    uint32_t parked = SlotWord(question, kParked);
    g_park_slot.store(parked);
    WakeOther();
    const int64_t end_ns = MonotonicNs() + kMaxParkedNs;
    while (g_park_slot.load() == parked && MonotonicNs() < end_ns) WaitWhile(parked, end_ns - MonotonicNs());
    g_park_slot.compare_exchange_strong(parked, SlotWord(question, kGoOn));
  }
  errno = saved_errno;
}

ParkOutcome ParkThread(int number, int tid, int64_t deadline_ns, Registers* registers) {
  const uint32_t question = NextQuestion();
  g_park_slot.store(SlotWord(question, kAsked));
  if (!SendTo(number, tid, question)) {
    g_park_slot.store(SlotWord(question, kIdle));
    return errno == ESRCH ? ParkOutcome::kNoThread : ParkOutcome::kNotSent;
  }
  for (;;) {
    uint32_t slot = g_park_slot.load();
    const auto phase = static_cast<Phase>(slot & kPhaseMask);
    if (phase == kParked) break;
    if (phase == kGoOn) return ParkOutcome::kNotTaken;
    const int64_t left_ns = deadline_ns - MonotonicNs();
    // A thread that is entering will be parked within some instructions.
    if (left_ns <= 0 && phase == kAsked &&
        g_park_slot.compare_exchange_strong(slot, SlotWord(question, kIdle))) {
      return ParkOutcome::kNotTaken;
    }
    WaitWhile(slot, left_ns > 0 ? left_ns : kNsPerMs);
  }
  *registers = g_registers;
  return ParkOutcome::kParked;
}

bool ReleaseThread() {
  const uint32_t question = g_park_slot.load() >> kPhaseBits;
  uint32_t parked = SlotWord(question, kParked);
  const bool was_parked = g_park_slot.compare_exchange_strong(parked, SlotWord(question, kGoOn));
  WakeOther();
  return was_parked;
}

#else

void HandleParkSignal(int, siginfo_t*, void*) {}
ParkOutcome ParkThread(int, int, int64_t, Registers*) { return ParkOutcome::kUnsupported; }
bool ReleaseThread() { return false; }

#endif

}  // namespace gmr::platform

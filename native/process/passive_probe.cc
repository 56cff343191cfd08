#include "passive_probe.h"

#include <fcntl.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>

#include "../base/park_slot.h"
#include "../base/scoped_fd.h"
#include "self_memory.h"

namespace gmr::platform {

namespace {

// Takes the next word of `text` as a number, hexadecimal behind "0x".
template <typename T>
bool TakeNumber(std::string_view* text, T* value) {
  const size_t start = text->find_first_not_of(" \t\n");
  if (start == text->npos) return false;
  text->remove_prefix(start);
  std::string_view word = text->substr(0, text->find_first_of(" \t\n"));
  text->remove_prefix(word.size());
  const bool is_hexadecimal = word.starts_with("0x");
  if (is_hexadecimal) word.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), *value, is_hexadecimal ? 16 : 10);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

// "voluntary_ctxt_switches:	150"
bool FindNumberBehind(std::string_view text, std::string_view label, uint64_t* value) {
  const size_t at = text.find(label);
  if (at == text.npos) return false;
  text.remove_prefix(at + label.size());
  return TakeNumber(&text, value);
}

}  // namespace

Registers ThreadPlace::ToRegisters() const {
  Registers registers;
  registers.Set(kStackPointer, stack_pointer);
  registers.Set(kProgramCounter, program_counter);
  return registers;
}

bool ParseSyscallText(std::string_view text, ThreadPlace* place) {
  if (text.starts_with("running")) {
    place->state = PlaceState::kRunning;
    return true;
  }
  if (!TakeNumber(&text, &place->syscall)) return false;
  // Outside of a system call, only the two registers follow the -1.
  for (size_t i = 0; place->syscall >= 0 && i < std::size(place->arguments); ++i) {
    if (!TakeNumber(&text, &place->arguments[i])) return false;
  }
  if (!TakeNumber(&text, &place->stack_pointer) || !TakeNumber(&text, &place->program_counter)) return false;
  place->state = PlaceState::kBlocked;
  return true;
}

// "time on the CPU in ns, time waiting for it, times scheduled"
bool ParseSchedstat(std::string_view text, ThreadPlace* place) {
  uint64_t waited_ns = 0;
  return TakeNumber(&text, &place->cpu_ns) && TakeNumber(&text, &waited_ns) &&
         TakeNumber(&text, &place->times_scheduled);
}

bool ParseStatusSwitches(std::string_view text, ThreadPlace* place) {
  uint64_t voluntary = 0;
  uint64_t forced = 0;
  // The longer label contains the shorter one, which the line break tells apart.
  if (!FindNumberBehind(text, "\nvoluntary_ctxt_switches:", &voluntary)) return false;
  if (!FindNumberBehind(text, "\nnonvoluntary_ctxt_switches:", &forced)) return false;
  place->times_scheduled = voluntary + forced;
  return true;
}

#if defined(__linux__)

namespace {

// Larger than each of the three files.
constexpr size_t kMaxTextBytes = 4096;

// ReadProcFile() makes a std::string; this path may not.
std::string_view ReadFile(const char* path, char (&text)[kMaxTextBytes]) {
  const ScopedFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return std::string_view();
  const ssize_t length = read(fd.get(), text, sizeof text);
  return length > 0 ? std::string_view(text, static_cast<size_t>(length)) : std::string_view();
}

std::string_view ReadTaskFile(int tid, const char* name, char (&text)[kMaxTextBytes]) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/%s", tid, name);
  return ReadFile(path, text);
}

// While a thread reads its own file it is in read(2), and its stack is this one.
bool IsOwnPlace(const ThreadPlace& place, Address on_this_stack) {
  constexpr uint64_t kNear = uint64_t{1} << 20;
  const Address theirs(place.stack_pointer);
  const uint64_t distance = on_this_stack > theirs ? on_this_stack - theirs : theirs - on_this_stack;
  return place.syscall == SYS_read && distance < kNear;
}

}  // namespace

bool KernelTellsOurPlaces() {
  // No local static: its guard is a lock.
  enum Answer : uint8_t { kNotAsked, kYes, kNo };
  static std::atomic<Answer> known{kNotAsked};
  if (known == kNotAsked) {
    char text[kMaxTextBytes];
    ThreadPlace own;
    const bool told = ParseSyscallText(ReadFile("/proc/thread-self/syscall", text), &own);
    const bool foreign = told && own.state == PlaceState::kBlocked && !IsOwnPlace(own, OwnAddress(&text));
    known = foreign ? kNo : kYes;
  }
  return known == kYes;
}

ThreadPlace ReadThreadPlace(int tid) {
  if (!KernelTellsOurPlaces()) return ThreadPlace();
  ThreadPlace place;
  char text[kMaxTextBytes];
  // The counters go first in both readings: a thread that wakes between two of
  // the files changes what the second reading finds.
  if (!ParseSchedstat(ReadTaskFile(tid, "schedstat", text), &place)) {
    place = ThreadPlace();
    if (!ParseStatusSwitches(ReadTaskFile(tid, "status", text), &place)) return ThreadPlace();
  }
  if (!ParseSyscallText(ReadTaskFile(tid, "syscall", text), &place)) return ThreadPlace();
  // The kernel tells a thread that was woken, until it gets a CPU, as still in the call that it slept in (the
  // state is TASK_WAKING then, which wait_task_inactive() takes for any other): after ReleaseThread(), for up
  // to 50 ms on a busy machine. What it does is below our handler, and it wants to run.
  if (place.syscall == SYS_futex && IsParkFutex(place.arguments[0])) place.state = PlaceState::kRunning;
  return place;
}

#else

bool KernelTellsOurPlaces() { return true; }
ThreadPlace ReadThreadPlace(int) { return ThreadPlace(); }

#endif

}  // namespace gmr::platform

#include "passive_probe.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdio>

#include "../../base/park_slot.h"
#include "../../base/scoped_fd.h"
#include "../self_memory.h"

namespace gmr::platform {

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

}  // namespace gmr::platform

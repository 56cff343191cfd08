#include "timer_base.h"

#include "../base/clock.h"
#include "../process/proc_tree.h"
#include "../process/safe_read.h"
#include "../process/self_memory.h"

namespace gmr::vm {

namespace {

// node::Environment has 2 to 4 KB.
constexpr uint64_t kSearchedBytes = uint64_t{6} << 10;
// The loop's clock stands still while JavaScript runs, and Node's own start takes a while.
constexpr uint64_t kLongestStartMs = 60'000;
// The kernel counts the age of a process in ticks of 10 ms.
constexpr double kTicksMs = 20;

// Any number in the searched memory that lies in between is taken for a moment. Node's executable is not
// position independent, so pointers into it are small numbers: as milliseconds, the first half day of a
// machine. With a minute in between, each such pointer hid the base for a minute. So the time in between is
// as short as can be, and a number that cannot be a pointer is preferred. Even the wrong one is wrong by less
// than that time.
uint64_t EarliestMs(uint64_t latest) {
  uint64_t earliest = latest > kLongestStartMs ? latest - kLongestStartMs : 1;
  const double age = platform::OwnAgeMs();
  const double started = platform::MsBetween(0, platform::MonotonicNs()) - age - kTicksMs;
  if (age >= 0 && started > static_cast<double>(earliest)) earliest = static_cast<uint64_t>(started);
  return earliest;
}

// A number that was found, and whether another one was.
struct Candidate {
  uint64_t value = 0;
  bool is_unclear = false;

  void Add(uint64_t word) {
    is_unclear = is_unclear || (value != 0 && value != word);
    value = word;
  }
};

}  // namespace

double TimerBaseOf(const EnvironmentPlace& environment) {
  if (environment.address.IsNull()) return -1;
  const auto latest = static_cast<uint64_t>(environment.registered_at_ns / platform::kNsPerMs);
  const uint64_t earliest = EarliestMs(latest);
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  Candidate numbers;
  Candidate pointers;
  for (uint64_t offset = 0; offset < kSearchedBytes; offset += sizeof(uint64_t)) {
    uint64_t word = 0;
    if (!memory.Load(environment.address + offset, &word)) break;
    if (word < earliest || word > latest) continue;
    (word % sizeof(uint64_t) == 0 ? pointers : numbers).Add(word);
  }
  const Candidate& found = numbers.value != 0 ? numbers : pointers;
  return found.value == 0 || found.is_unclear ? -1 : static_cast<double>(found.value);
}

}  // namespace gmr::vm

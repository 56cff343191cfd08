#include "timer_base.h"

#include "../platform/clock.h"
#include "../platform/safe_read.h"

namespace gmr::vm {

namespace {

// node::Environment has 2 to 4 KB.
constexpr uintptr_t kSearchedBytes = uintptr_t{6} << 10;
// The loop's clock stands still while JavaScript runs, and Node's own start takes a while.
constexpr uint64_t kLongestStartMs = 60'000;

}  // namespace

double TimerBaseOf(const EnvironmentPlace& environment) {
  if (environment.address == 0) return -1;
  const auto latest = static_cast<uint64_t>(environment.registered_at_ns / platform::kNsPerMs);
  const uint64_t earliest = latest > kLongestStartMs ? latest - kLongestStartMs : 1;
  platform::MemoryReader memory;
  uint64_t found = 0;
  for (uintptr_t offset = 0; offset < kSearchedBytes; offset += sizeof(uint64_t)) {
    uint64_t word = 0;
    if (!memory.Load(environment.address + offset, &word)) break;
    if (word < earliest || word > latest) continue;
    if (found != 0 && found != word) return -1;
    found = word;
  }
  return found == 0 ? -1 : static_cast<double>(found);
}

}  // namespace gmr::vm

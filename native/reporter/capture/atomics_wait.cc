#include "atomics_wait.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <algorithm>

namespace gmr::reporter {

namespace {

// More than an isolate has.
constexpr uint64_t kIsolateBytes = uint64_t{256} << 10;
// glibc's condition variables use two futexes in turn.
constexpr size_t kMostOffsets = 8;

using platform::PlaceState;
using platform::ThreadPlace;

bool IsOnFutex([[maybe_unused]] const ThreadPlace& place) {
#if defined(SYS_futex)
  return place.state == PlaceState::kBlocked && place.syscall == SYS_futex;
#else
  return false;
#endif
}

}  // namespace

AtomicsWait& AtomicsWait::Get() {
  static auto* known = new AtomicsWait;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *known;
}

bool AtomicsWait::Knows(platform::Address isolate, uint64_t futex) const {
  return !isolate.IsNull() &&
         std::find(offsets_.begin(), offsets_.end(), platform::Address(futex) - isolate) != offsets_.end();
}

bool AtomicsWait::Has(const vm::ThreadToRead& thread, const std::function<vm::StackReader&()>& reader) {
  const ThreadPlace place = platform::ReadThreadPlace(thread.tid);
  if (!IsOnFutex(place)) return false;
  const uint64_t futex = place.arguments[0];
  if (Knows(thread.isolate, futex)) return true;
  const vm::ReadStack read = reader().ReadBlocked(thread);
  if (read.outcome != vm::ReadStack::Outcome::kRead || !read.stack.in_atomics_wait) return false;
  // The stack was read at this place, unless the thread has moved since the first look.
  if (!platform::Unmoved(place, platform::ReadThreadPlace(thread.tid))) return false;
  const uint64_t offset = platform::Address(futex) - thread.isolate;
  if (offset < kIsolateBytes && offsets_.size() < kMostOffsets) offsets_.push_back(offset);
  return true;
}

}  // namespace gmr::reporter

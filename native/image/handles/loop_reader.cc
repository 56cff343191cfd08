#include "loop_reader.h"

namespace gmr::vm {

namespace {

constexpr int kMaxHandles = 1'000'000;
constexpr int kMaxTries = 3;
constexpr const char* kChanged = "its list of handles changed while it was read";
constexpr const char* kUnreadable = "the event loop could not be read";

// A link of uv__queue: next, then previous.
constexpr int32_t kPrevious = 8;

bool AddHandle(platform::MemoryReader* memory, platform::Address handle, platform::Address loop,
               LoopCounts* counts) {
  platform::Address owner;
  uint32_t type = 0;
  uint32_t flags = 0;
  if (!memory->Load(handle + uv::kHandleLoop, &owner) || owner != loop ||
      !memory->Load(handle + uv::kHandleType, &type) || type >= uv::kHandleTypes ||
      !memory->Load(handle + uv::kHandleFlags, &flags))
    return false;
  if ((flags & uv::kIsInternal) != 0 || (flags & uv::kIsActive) == 0) return true;
  const bool is_refed = (flags & uv::kIsRefed) != 0;
  ++counts->types[type].active;
  ++counts->active_handles;
  if (!is_refed) return true;
  ++counts->types[type].refed;
  ++counts->refed_handles;
  return true;
}

const char* ReadOnce(platform::MemoryReader* memory, platform::Address loop, LoopCounts* counts) {
  const platform::Address head = loop + uv::kLoopHandles;
  platform::Address at;
  platform::Address before = head;
  if (!memory->Load(loop + uv::kLoopActiveRequests, &counts->active_requests) || !memory->Load(head, &at))
    return kUnreadable;
  for (int i = 0; at != head; ++i) {
    platform::Address previous;
    if (i >= kMaxHandles) return "it has more handles than gmr-native counts";
    if (at.IsNull() || !memory->Load(at + kPrevious, &previous) || previous != before ||
        !AddHandle(memory, at - uv::kHandleQueue, loop, counts))
      return kChanged;
    before = at;
    if (!memory->Load(at, &at)) return kChanged;
  }
  return "";
}

}  // namespace

const char* ReadLoop(platform::MemoryReader* memory, platform::Address loop, LoopCounts* counts) {
  const char* problem = kUnreadable;
  if (loop.IsNull()) return problem;
  for (int tries = 0; tries < kMaxTries; ++tries) {
    *counts = LoopCounts();
    memory->Forget();
    problem = ReadOnce(memory, loop, counts);
    if (*problem == '\0') break;
  }
  return problem;
}

}  // namespace gmr::vm

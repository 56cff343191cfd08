// The dump of a heap by its own thread, which stands still for it.

#include <memory>

#include "green_threads.h"

namespace gmr::vm {

namespace {

constexpr const char* kTooMuchMemory = "the process has more memory than gmr-native examines";
constexpr const char* kMoved = "V8 moved objects while the heap was read";
constexpr int kMaxPausedTries = 2;

}  // namespace

GreenThreads CaptureGreenThreads(platform::MemorySource* source, const Layout& layout,
                                 const GreenThreadHeap& prepared, const GreenThreadLimits& limits,
                                 const GreenThreadScan::HoldersSource& holders) {
  const auto maps = platform::ProcMaps::Read();
  if (!maps.ok()) {
    GreenThreads failed;
    failed.reason = maps.error().ToString();
    return failed;
  }
  platform::MemoryReader memory(source);
  // Too large for a stack.
  const auto index = std::make_unique<HeapPageIndex>(&memory, &prepared.layout);
  const auto scan = std::make_unique<GreenThreadScan>(source, &layout);
  bool has_room = index->Add(prepared.anchors.heap);
  // Threads of V8's own may give pages away even now.
  bool is_right = false;
  for (int tries = 0; tries < kMaxPausedTries && has_room && !is_right; ++tries) {
    has_room = index->Collect(maps.value());
    if (has_room) scan->Capture(prepared, *index, limits, holders);
    is_right = has_room && index->StillHas(prepared.anchors.heap, &memory);
  }
  if (is_right) return scan->Take(HeapReading::kPaused);
  GreenThreads failed;
  failed.reason = has_room ? kMoved : kTooMuchMemory;
  return failed;
}

}  // namespace gmr::vm

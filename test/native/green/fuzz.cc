#include "fuzz.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>

#include "../../../native/base/clock.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

static_assert(sizeof(vm::HeapLayout) % sizeof(int32_t) == 0);
constexpr size_t kHeapNumbers = sizeof(vm::HeapLayout) / sizeof(int32_t);
constexpr size_t kStackNumbers = offsetof(vm::Layout, translation) / sizeof(int32_t);

int32_t WrongValue(int32_t right, std::mt19937* random) {
  switch ((*random)() % 5) {
    case 0:
      return static_cast<int32_t>((*random)());
    case 1:
      return static_cast<int32_t>((*random)() % 16) * 8;
    case 2:
      return static_cast<int32_t>((*random)() % 400);
    case 3:
      return right + static_cast<int32_t>((*random)() % 17) * 8 - 64;
    default:
      return -1;
  }
}

template <typename Numbers>
void Damage(Numbers* to, size_t count, std::mt19937* random) {
  int32_t& number = reinterpret_cast<int32_t*>(to)[(*random)() % count];
  number = WrongValue(number, random);
}

}  // namespace

FuzzResult FuzzGreenThreads(const vm::GreenThreadHeap& prepared, uint32_t seed, int runs) {
  std::mt19937 random(seed);
  FuzzResult result;
  vm::Layout layout;
  vm::GreenThreadHeap heap;
  platform::SelfMemory self;
  const auto scan = std::make_unique<vm::GreenThreadScan>(&self, &layout);
  const auto maps = platform::ProcMaps::Read();
  vm::GreenThreadLimits limits;
  limits.max_ms = 1000;
  limits.is_paused = false;
  for (; maps.ok() && result.runs < runs; ++result.runs) {
    layout = vm::ProcessLayout().layout;
    heap = prepared;
    const auto changes = 1 + random() % 3;
    for (unsigned i = 0; i < changes; ++i) {
      if (random() % 4 == 0) {
        Damage(&layout, kStackNumbers, &random);
      } else {
        Damage(&heap.layout, kHeapNumbers, &random);
      }
    }
    platform::MemoryReader memory(&self);
    const auto index = std::make_unique<vm::HeapPageIndex>(&memory, &heap.layout);
    if (!index->Add(heap.anchors.heap) || !index->Collect(maps.value())) continue;
    scan->Capture(heap, *index, limits);
    const bool is_proved = scan->Prove(platform::MonotonicNs() + 1000 * platform::kNsPerMs);
    const auto reading = is_proved ? vm::HeapReading::kRunning : vm::HeapReading::kAtRest;
    const vm::GreenThreads dump = scan->Take(reading);
    result.groups += dump.total_groups;
    if (dump.cost_ms <= result.slowest_ms) continue;
    result.slowest_ms = dump.cost_ms;
    result.slowest_run = static_cast<uint32_t>(result.runs);
  }
  return result;
}

}  // namespace gmr::test

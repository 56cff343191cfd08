#include "fuzz.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>

#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

// All of the layout before its constant tables is int32_t.
constexpr size_t kNumbers = offsetof(vm::Layout, translation) / sizeof(int32_t);

int32_t WrongValue(int32_t right, std::mt19937* random) {
  switch ((*random)() % 5) {
    case 0:
      return static_cast<int32_t>((*random)());
    case 1:
      return right + static_cast<int32_t>((*random)() % 17) * 8 - 64;
    case 2:
      return static_cast<int32_t>((*random)() % 300);
    case 3:
      return right + static_cast<int32_t>((*random)() % 7) - 3;
    default:
      return -1;
  }
}

void Damage(vm::Layout* layout, std::mt19937* random) {
  int32_t numbers[kNumbers];
  std::memcpy(numbers, layout, sizeof numbers);
  const auto changes = 1 + (*random)() % 4;
  for (unsigned i = 0; i < changes; ++i) {
    int32_t& number = numbers[(*random)() % kNumbers];
    number = WrongValue(number, random);
  }
  std::memcpy(static_cast<void*>(layout), numbers, sizeof numbers);
  if ((*random)() % 8 != 0) return;
  vm::TranslationOpcodes& opcodes = layout->translation;
  opcodes.frames = (*random)();
  opcodes.begin_first = static_cast<int32_t>((*random)() % 40);
  opcodes.begin_last = opcodes.begin_first + 1;
  opcodes.interpreted_last = static_cast<int32_t>((*random)() % 40);
}

}  // namespace

FuzzResult FuzzLayout(const Start& start, const vm::CodeRanges& ranges, uint32_t seed, int runs) {
  using Clock = std::chrono::steady_clock;
  std::mt19937 random(seed);
  FuzzResult result;
  vm::Layout layout = vm::ProcessLayout().layout;
  Decoder decoder(&layout);
  for (; result.runs < runs; ++result.runs) {
    layout = vm::ProcessLayout().layout;
    Damage(&layout, &random);
    const auto before = Clock::now();
    decoder.Run(start, ranges);
    const std::chrono::duration<double, std::milli> took = Clock::now() - before;
    result.frames += decoder.list().count;
    result.slowest_ms = std::max(result.slowest_ms, took.count());
  }
  return result;
}

}  // namespace gmr::test

#include "dead_words_checks.h"

#include <memory>

#include "../../../native/image/scan/dead_words.h"

namespace gmr::test {

namespace {

constexpr uint64_t kMap = 0x1234'5678'9ab9;
constexpr uint64_t kObject = 0x1234'5678'8001;
constexpr uint32_t kWords = 32;
constexpr platform::Address kStart(0x7000'0000);

// As V8's small integers are.
uint64_t SmiOf(uint64_t words) { return words * sizeof(uint64_t) << 32; }

}  // namespace

std::vector<uint32_t> DeadWordsOf(bool is_newest) {
  uint64_t words[kWords] = {};
  words[4] = kMap;
  words[5] = SmiOf(6);
  words[7] = kMap;
  words[8] = SmiOf(8);
  words[10] = kObject;
  words[15] = kObject;
  words[20] = kMap;
  words[21] = SmiOf(4);
  vm::HeapLayout layout;
  vm::HeapAnchors anchors;
  layout.free_space_unit = 1;
  anchors.free_space_map = vm::Tagged(kMap);
  const platform::Address top = is_newest ? kStart + 28 * sizeof(uint64_t) : kStart + vm::kPageBytes;
  const auto dead = std::make_unique<vm::DeadWords>(&layout, &anchors);
  dead->Begin({words, kWords, kStart}, top);
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < kWords; ++i) {
    if (dead->Has(i)) found.push_back(i);
  }
  return found;
}

}  // namespace gmr::test

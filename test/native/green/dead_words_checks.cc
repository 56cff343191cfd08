#include "dead_words_checks.h"

#include <bit>
#include <memory>

#include "../../../native/image/scan/dead_words.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

namespace {

constexpr uint64_t kFreeMap = 0x1234'5678'9ab9;
constexpr uint64_t kNoMap = 0x1234'5678'8001;
constexpr int32_t kMapType = 250;
constexpr uint32_t kWords = 32;
constexpr platform::Address kStart(0x7000'0000);

// As V8's small integers are.
uint64_t SmiOf(uint64_t words) { return words * sizeof(uint64_t) << 32; }

// A map whose map is itself, as that of all maps.
struct MapOfMaps {
  uint64_t map = std::bit_cast<uint64_t>(this) + 1;
  uint64_t instance_type = kMapType;
};

}  // namespace

std::vector<uint32_t> DeadWordsOf(bool is_newest) {
  const MapOfMaps map_of_maps;
  uint64_t words[kWords] = {};
  words[4] = kFreeMap;
  words[5] = SmiOf(6);
  words[7] = kFreeMap;
  words[8] = SmiOf(8);
  words[10] = map_of_maps.map;
  words[12] = kFreeMap;
  words[13] = SmiOf(3);
  words[15] = kNoMap;
  words[20] = kFreeMap;
  words[21] = SmiOf(4);
  vm::Layout objects;
  objects.map_instance_type = offsetof(MapOfMaps, instance_type);
  objects.type_map = kMapType;
  vm::HeapLayout layout;
  layout.free_space_unit = 1;
  vm::HeapAnchors anchors;
  anchors.free_space_map = vm::Tagged(kFreeMap);
  const auto at = [](uint64_t word) { return kStart + word * sizeof(uint64_t); };
  const vm::FreeAreas areas{is_newest ? at(28) : kStart + vm::kPageBytes, {at(24), at(26)}};
  platform::SelfMemory self;
  platform::MemoryReader memory{&self};
  const vm::HeapReader heap{&memory, &objects};
  const auto dead = std::make_unique<vm::DeadWords>(&heap, &layout, &anchors);
  dead->Begin({words, kWords, kStart}, areas);
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < kWords; ++i) {
    if (dead->Has(i)) found.push_back(i);
  }
  return found;
}

}  // namespace gmr::test

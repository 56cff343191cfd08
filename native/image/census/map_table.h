// MapTable: the maps of a heap that have objects, and how many.
//
// Owns:        its lists, in mappings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until Reset().
#ifndef GMR_NATIVE_IMAGE_CENSUS_MAP_TABLE_H_
#define GMR_NATIVE_IMAGE_CENSUS_MAP_TABLE_H_

#include <cstdint>

#include "../../base/containers/index_table.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "object_types.h"

namespace gmr::vm {

struct MapEntry {
  Tagged map;
  int32_t type = -1;
  uint32_t words = 0;  // of each of its objects; 0: they differ
  HeapKind kind = HeapKind::kSystem;
  SizeRule rule = SizeRule::kUnknown;
  bool has_parts = false;  // ObjectTypes::HasParts()
  uint64_t count = 0;
  uint64_t bytes = 0;
};

class MapTable {
 public:
  MapTable(const HeapReader* heap, const ObjectTypes* types) : heap_(heap), types_(types) {}

  void Reset();

  // Its index; kNoIndex: `word` is not the address of a map.
  uint32_t Find(uint64_t word) {
    const Slot& slot = slots_[SlotOf(word)];
    return slot.word == word ? slot.index : Learn(word);
  }

  MapEntry& operator[](uint32_t index) { return maps_[index]; }
  const MapEntry& operator[](uint32_t index) const { return maps_[index]; }
  uint32_t size() const { return static_cast<uint32_t>(maps_.size()); }
  // There are more maps than are counted.
  bool full() const { return full_; }

 private:
  static constexpr size_t kMaxMaps = 1'000'000;
  static constexpr int kSlotBits = 13;
  static constexpr size_t kSlots = size_t{1} << kSlotBits;

  struct Slot {
    uint64_t word = 0;
    uint32_t index = platform::kNoIndex;
  };

  static size_t SlotOf(uint64_t word) { return word * 0x9e3779b97f4a7c15u >> (64 - kSlotBits); }
  uint32_t Learn(uint64_t word);

  const HeapReader* heap_;
  const ObjectTypes* types_;
  platform::MappedArray<MapEntry> maps_{kMaxMaps};
  platform::NumberTable by_word_{kMaxMaps};
  Slot slots_[kSlots];
  bool full_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_MAP_TABLE_H_

// IndexTable: finds elements of an array by a number that each of them has.
//
// Owns:        one anonymous mapping; the numbers stay in the array.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the array.
#ifndef GMR_NATIVE_BASE_CONTAINERS_INDEX_TABLE_H_
#define GMR_NATIVE_BASE_CONTAINERS_INDEX_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "mapped_array.h"

namespace gmr::platform {

inline constexpr uint32_t kNoIndex = UINT32_MAX;

class IndexTable {
 public:
  // Empties it and makes room for `count` elements. False: no memory.
  bool Reserve(size_t count) {
    size_t slots = 64;
    while (slots < count * 2 + 2) slots *= 2;
    count_ = 0;
    return slots_.Assign(slots, 0);
  }

  // The index whose number is `key`, by `key_of(index)`; kNoIndex: none.
  template <typename KeyOf>
  uint32_t Find(uint64_t key, KeyOf key_of) const {
    if (slots_.empty()) return kNoIndex;
    const uint32_t stored = slots_[SlotOf(key, key_of)];
    return stored == 0 ? kNoIndex : stored - 1;
  }

  // The element that has this number already keeps it. False: full.
  template <typename KeyOf>
  bool Add(uint32_t index, KeyOf key_of) {
    if ((count_ + 1) * 2 > slots_.size()) return false;
    uint32_t& slot = slots_[SlotOf(key_of(index), key_of)];
    if (slot != 0) return true;
    slot = index + 1;
    ++count_;
    return true;
  }

 private:
  static constexpr size_t kMaxSlots = size_t{1} << 26;

  template <typename KeyOf>
  size_t SlotOf(uint64_t key, KeyOf key_of) const {
    const size_t mask = slots_.size() - 1;
    size_t slot = (key * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (slots_[slot] != 0 && key_of(slots_[slot] - 1) != key) slot = (slot + 1) & mask;
    return slot;
  }

  size_t count_ = 0;
  MappedArray<uint32_t> slots_{kMaxSlots};
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_INDEX_TABLE_H_

// NumberTable: from a 64-bit number to a 32-bit one, without malloc.
//
// Owns:        one anonymous mapping.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    a value is at its key until Clear(); none is removed alone.
//
// The key 0 is not to be used.
#ifndef GMR_NATIVE_BASE_CONTAINERS_NUMBER_TABLE_H_
#define GMR_NATIVE_BASE_CONTAINERS_NUMBER_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "mapped_array.h"

namespace gmr::platform {

class NumberTable {
 public:
  // Insert() fails beyond `max_count` keys.
  explicit NumberTable(size_t max_count) : max_count_(max_count), slots_(SlotsFor(max_count)) {}
  NumberTable(const NumberTable&) = delete;
  NumberTable& operator=(const NumberTable&) = delete;

  size_t size() const { return count_; }
  void Clear() {
    count_ = 0;
    slots_.Truncate(0);
  }

  // nullptr: not in it. Valid until the next Insert().
  const uint32_t* Find(uint64_t key) const {
    if (count_ == 0 || key == 0) return nullptr;
    const Slot& slot = slots_[IndexOf(key)];
    return slot.key == key ? &slot.value : nullptr;
  }

  // The value that is there already, or `value` put there. False: full.
  bool Insert(uint64_t key, uint32_t value, uint32_t* present) {
    if (key == 0 || ((count_ + 1) * 2 > slots_.size() && !Grow())) return false;
    Slot& slot = slots_[IndexOf(key)];
    if (slot.key == 0) {
      slot = {key, value};
      ++count_;
    }
    *present = slot.value;
    return true;
  }

 private:
  struct Slot {
    uint64_t key;
    uint32_t value;
  };

  static constexpr size_t kFirstSlots = 1024;

  // A power of two, at most half full.
  static size_t SlotsFor(size_t count) {
    size_t slots = kFirstSlots;
    while (slots < count * 2) slots *= 2;
    return slots;
  }

  size_t IndexOf(uint64_t key) const {
    const size_t mask = slots_.size() - 1;
    size_t index = (key * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (slots_[index].key != 0 && slots_[index].key != key) index = (index + 1) & mask;
    return index;
  }

  bool Grow() {
    if (count_ >= max_count_) return false;
    MappedArray<Slot> kept(slots_.size());
    for (const Slot& slot : slots_) {
      if (slot.key != 0 && !kept.Append(slot)) return false;
    }
    count_ = 0;
    if (!slots_.Assign(slots_.empty() ? kFirstSlots : slots_.size() * 2, Slot{})) return false;
    for (const Slot& slot : kept) slots_[IndexOf(slot.key)] = slot;
    count_ = kept.size();
    return true;
  }

  size_t max_count_;
  size_t count_ = 0;
  MappedArray<Slot> slots_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_NUMBER_TABLE_H_

// AddressIndex: finds elements of an array that is sorted by an address in each.
//
// Owns:        one anonymous mapping: some 270 bytes for each 256 KiB of memory
//              in which an address lies.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the array, whose elements must stay where they are.
//
// What points to each other was mostly made together: so neighbours in memory
// are neighbours here, which a hash table would scatter.
#ifndef GMR_NATIVE_BASE_CONTAINERS_ADDRESS_INDEX_H_
#define GMR_NATIVE_BASE_CONTAINERS_ADDRESS_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "index_table.h"
#include "mapped_array.h"

namespace gmr::platform {

class AddressIndex {
 public:
  // Of elements 0 to `count`, by address_of(index). False: they are not sorted,
  // or there is no memory.
  template <typename AddressOf>
  bool Build(uint32_t count, AddressOf address_of) {
    parts_.Truncate(0);
    last_ = 0;
    uint64_t before = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t address = address_of(i);
      if (address < before) return false;
      before = address;
      if ((parts_.empty() || parts_[parts_.size() - 1].number != address >> kPartShift) &&
          !AddPart(address >> kPartShift, i))
        return false;
      // Cells behind this one begin behind it, until others come.
      Part& part = parts_[parts_.size() - 1];
      for (; part.filled < CellOf(address); ++part.filled) part.first[part.filled + 1] = i;
    }
    if (!parts_.empty()) Close(count);
    return true;
  }

  // kNoIndex: none has this address.
  template <typename AddressOf>
  uint32_t Find(uint64_t address, AddressOf address_of) const {
    const Part* part = FindPart(address >> kPartShift);
    if (part == nullptr) return kNoIndex;
    const size_t cell = CellOf(address);
    for (uint32_t i = part->first[cell]; i < part->first[cell + 1]; ++i) {
      if (address_of(i) == address) return i;
    }
    return kNoIndex;
  }

 private:
  static constexpr int kPartShift = 18;
  static constexpr int kCellShift = 12;
  static constexpr size_t kCells = size_t{1} << (kPartShift - kCellShift);
  static constexpr size_t kMaxParts = size_t{1} << 17;

  struct Part {
    uint64_t number = 0;
    uint32_t filled = 0;  // the cell that is being filled
    // The first element of each cell, and the one behind the last.
    uint32_t first[kCells + 1] = {};
  };

  static size_t CellOf(uint64_t address) { return address >> kCellShift & (kCells - 1); }

  void Close(uint32_t end) {
    Part& part = parts_[parts_.size() - 1];
    for (; part.filled < kCells; ++part.filled) part.first[part.filled + 1] = end;
  }

  bool AddPart(uint64_t number, uint32_t index) {
    if (!parts_.empty()) Close(index);
    Part part;
    part.number = number;
    part.first[0] = index;
    return parts_.Append(part);
  }

  const Part* FindPart(uint64_t number) const {
    if (last_ < parts_.size() && parts_[last_].number == number) return parts_.begin() + last_;
    const Part* part = std::lower_bound(parts_.begin(), parts_.end(), number,
                                        [](const Part& a, uint64_t b) { return a.number < b; });
    if (part == parts_.end() || part->number != number) return nullptr;
    last_ = static_cast<size_t>(part - parts_.begin());
    return part;
  }

  MappedArray<Part> parts_{kMaxParts};
  mutable size_t last_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_ADDRESS_INDEX_H_

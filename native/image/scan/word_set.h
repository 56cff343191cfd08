// WordSet: some words of a heap, to be told from all others by one look.
//
// Owns:        one anonymous mapping of 8 KB.
// Threads:     Reset() and Add() on one; then MayHave() on any.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Reset().
#ifndef GMR_NATIVE_IMAGE_SCAN_WORD_SET_H_
#define GMR_NATIVE_IMAGE_SCAN_WORD_SET_H_

#include <cstddef>
#include <cstdint>

#include "../../base/containers/mapped_array.h"

namespace gmr::vm {

class WordSet {
 public:
  // Words that are tested together.
  static constexpr size_t kStride = 8;

  // Empties it. False: no memory.
  bool Reset() { return bits_.Assign(kBits / 64, 0); }
  void Add(uint64_t word) { bits_[BitOf(word) / 64] |= uint64_t{1} << BitOf(word) % 64; }

  // False is certain.
  bool MayHave(uint64_t word) const { return (bits_[BitOf(word) / 64] >> BitOf(word) % 64 & 1) != 0; }
  // Any of kStride words.
  bool MayHaveOneOf(const uint64_t* words) const {
    uint32_t any = 0;
    for (size_t i = 0; i < kStride; ++i) any |= MayHave(words[i]) ? 1 : 0;
    return any != 0;
  }

 private:
  static constexpr size_t kBits = size_t{1} << 16;
  // Objects begin at multiples of eight bytes.
  static size_t BitOf(uint64_t word) { return word >> 3 & (kBits - 1); }

  platform::MappedArray<uint64_t> bits_{kBits / 64};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_WORD_SET_H_

// PageTargets: to which parts of the heap the words of each page point.
//
// Owns:        half a kilobyte for each page, in a mapping.
// Threads:     one at a time; Note() of different pages at once.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Reset().
//
// Looking backwards for who holds an object means reading the whole heap. Most
// pages cannot hold it, which one pass over all of them tells for all searches
// after it. A word that is no pointer only costs a needless look.
#ifndef GMR_NATIVE_IMAGE_SCAN_PAGE_TARGETS_H_
#define GMR_NATIVE_IMAGE_SCAN_PAGE_TARGETS_H_

#include <cstddef>
#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../base/containers/word_match.h"

namespace gmr::vm {

// The parts to which the words of one page point, while it is read.
class PageMarks {
 public:
  static constexpr int kPartBits = 12;
  static constexpr size_t kParts = size_t{1} << kPartBits;

  // A part is of 2^`shift` bytes.
  void Begin(int shift);
  // Of kMatchedWords words. A search that reads them too reads them once for both.
  void Mark(const uint64_t* words);
  void MarkSome(const uint64_t* words, size_t count);
  // One bit for each of 64 parts that begin at `first`.
  uint64_t BitsFrom(size_t first) const;

 private:
  void MarkNumbers(uint64_t four) {
    seen_[four & 0xffff] = 0xff;
    seen_[four >> 16 & 0xffff] = 0xff;
    seen_[four >> 32 & 0xffff] = 0xff;
    seen_[four >> 48] = 0xff;
  }

  int shift_ = 0;
  // A store for each word, whatever it is: a test would cost more. Those of pointers, which are odd, go into
  // the upper half: small integers have a lower half of 0, and all of them would stand for one part of the
  // heap.
  uint8_t seen_[2 * kParts];
};

class PageTargets {
 public:
  static constexpr size_t kParts = PageMarks::kParts;
  struct Set {
    uint64_t bits[kParts / 64] = {};
  };

  // False: no memory; then every page may point anywhere.
  bool Reset(size_t pages);

  // The words of page number `page`.
  void Note(size_t page, const uint64_t* words, size_t count);
  // Likewise, when they are read for something else too: those that stand for living objects are enough.
  void Begin(PageMarks* marks) const { marks->Begin(shift_); }
  void Note(size_t page, const PageMarks& marks);
  bool IsNoted(size_t page) const { return page < noted_.size() && noted_[page] != 0; }
  void Add(uint64_t pointer, Set* set) const {
    const size_t part = PartOf(pointer);
    set->bits[part / 64] |= uint64_t{1} << part % 64;
  }
  bool MayPointInto(size_t page, const Set& set) const;

 private:
  static constexpr size_t kMaxPages = size_t{1} << 17;

  size_t PartOf(uint64_t word) const { return word >> shift_ & (kParts - 1); }

  // Small heaps have smaller parts.
  int shift_ = 18;
  platform::MappedArray<Set> sets_{kMaxPages};
  platform::MappedArray<uint8_t> noted_{kMaxPages};
};

inline void PageMarks::MarkSome(const uint64_t* words, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const uint64_t half = (words[i] & 1) << kPartBits;
    seen_[(words[i] >> shift_ & (kParts - 1)) | half] = 0xff;
  }
}

#if defined(__SSE2__)

// Numbers of four parts at once; word by word it takes half as long again.
inline void PageMarks::Mark(const uint64_t* words) {
  const __m128i mask = _mm_set1_epi32(static_cast<int>(kParts - 1));
  const __m128i upper = _mm_set1_epi32(static_cast<int>(kParts));
  const __m128i by = _mm_cvtsi32_si128(shift_);
  __m128i parts[4];
  for (size_t i = 0; i < 4; ++i) {
    const __m128i low = platform::LowerHalves(words + 4 * i);
    const __m128i half = _mm_and_si128(_mm_slli_epi32(low, kPartBits), upper);
    parts[i] = _mm_or_si128(_mm_and_si128(_mm_srl_epi32(low, by), mask), half);
  }
  for (size_t i = 0; i < 4; i += 2) {
    const __m128i eight = _mm_packs_epi32(parts[i], parts[i + 1]);
    MarkNumbers(static_cast<uint64_t>(_mm_cvtsi128_si64(eight)));
    MarkNumbers(static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(eight, eight))));
  }
}

#else

inline void PageMarks::Mark(const uint64_t* words) { MarkSome(words, platform::kMatchedWords); }

#endif

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_PAGE_TARGETS_H_

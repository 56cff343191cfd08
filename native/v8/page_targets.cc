#include "page_targets.h"

#include <algorithm>

#include "../platform/word_match.h"
#include "heap_layout.h"

namespace gmr::vm {

namespace {

constexpr int kPageShift = 18;
static_assert(kPageBytes == uintptr_t{1} << kPageShift);
// Below this a part would be smaller than what is allocated together.
constexpr int kLeastShift = 14;
constexpr int kPartBits = 12;
static_assert(PageTargets::kParts == size_t{1} << kPartBits);

static_assert(size_t{PageTargets::kParts - 1} << kPageShift <= UINT32_MAX, "the lower halves of words tell");

// A store for each word, whatever it is: a test would cost more. Those of pointers, which are odd, go into
// the upper half: small integers have a lower half of 0, and all of them would stand for one part of the
// heap.
void MarkParts(const uint64_t* words, size_t count, int shift, uint8_t* seen) {
  size_t i = 0;
#if defined(__SSE2__)
  // Numbers of four parts at once; word by word it takes half as long again.
  constexpr size_t kStep = 4;
  const __m128i mask = _mm_set1_epi32(static_cast<int>(PageTargets::kParts - 1));
  const __m128i odd = _mm_set1_epi32(1);
  const __m128i by = _mm_cvtsi32_si128(shift);
  for (; i + kStep <= count; i += kStep) {
    const __m128i low = platform::LowerHalves(words + i);
    const __m128i half = _mm_slli_epi32(_mm_and_si128(low, odd), kPartBits);
    const __m128i parts = _mm_or_si128(_mm_and_si128(_mm_srl_epi32(low, by), mask), half);
    const auto first = static_cast<uint64_t>(_mm_cvtsi128_si64(parts));
    const auto second = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(parts, parts)));
    seen[static_cast<uint32_t>(first)] = 0xff;
    seen[first >> 32] = 0xff;
    seen[static_cast<uint32_t>(second)] = 0xff;
    seen[second >> 32] = 0xff;
  }
#endif
  for (; i < count; ++i) {
    const uint64_t half = (words[i] & 1) << kPartBits;
    seen[(words[i] >> shift & (PageTargets::kParts - 1)) | half] = 0xff;
  }
}

// One bit for each of 64 bytes, which are 0 or 0xff.
uint64_t BitsOf(const uint8_t* seen) {
  uint64_t bits = 0;
#if defined(__SSE2__)
  constexpr size_t kStep = 16;
  for (size_t i = 0; i < 64; i += kStep) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(seen + i));
    bits |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(bytes))} << i;
  }
#else
  for (size_t i = 0; i < 64; ++i) bits |= uint64_t{seen[i] & 1u} << i;
#endif
  return bits;
}

}  // namespace

bool PageTargets::Reset(size_t pages) {
  shift_ = kPageShift;
  for (size_t parts = pages; shift_ > kLeastShift && parts * 2 <= kParts; parts *= 2) --shift_;
  // A page that was not noted may point anywhere.
  Set all;
  std::fill(std::begin(all.bits), std::end(all.bits), ~uint64_t{0});
  return sets_.Assign(pages, all) && noted_.Assign(pages, 0);
}

void PageTargets::Note(size_t page, const uint64_t* words, size_t count) {
  if (page >= noted_.size()) return;
  noted_[page] = 1;
  uint8_t seen[2 * kParts] = {};
  MarkParts(words, count, shift_, seen);
  Set& set = sets_[page];
  for (size_t i = 0; i < kParts / 64; ++i) set.bits[i] = BitsOf(seen + kParts + i * 64);
}

bool PageTargets::MayPointInto(size_t page, const Set& set) const {
  if (page >= sets_.size()) return true;
  uint64_t common = 0;
  for (size_t i = 0; i < kParts / 64; ++i) common |= sets_[page].bits[i] & set.bits[i];
  return common != 0;
}

}  // namespace gmr::vm

#include "page_targets.h"

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "heap_layout.h"

namespace gmr::vm {

namespace {

constexpr int kPageShift = 18;
static_assert(kPageBytes == uintptr_t{1} << kPageShift);
// Below this a part would be smaller than what is allocated together.
constexpr int kLeastShift = 14;

// A store for each word, whatever it is: a test would cost more, and so would a
// shift by a number that the compiler does not know.
template <int kShift>
void MarkParts(const uint64_t* words, size_t count, uint8_t* seen) {
  for (size_t i = 0; i < count; ++i) seen[words[i] >> kShift & (PageTargets::kParts - 1)] = 0xff;
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
  uint8_t seen[kParts] = {};
  static_assert(kLeastShift == 14 && kPageShift == 18);
  switch (shift_) {
    case 14:
      MarkParts<14>(words, count, seen);
      break;
    case 15:
      MarkParts<15>(words, count, seen);
      break;
    case 16:
      MarkParts<16>(words, count, seen);
      break;
    case 17:
      MarkParts<17>(words, count, seen);
      break;
    default:
      MarkParts<18>(words, count, seen);
  }
  Set& set = sets_[page];
  for (size_t i = 0; i < kParts / 64; ++i) set.bits[i] = BitsOf(seen + i * 64);
}

bool PageTargets::MayPointInto(size_t page, const Set& set) const {
  if (page >= sets_.size()) return true;
  uint64_t common = 0;
  for (size_t i = 0; i < kParts / 64; ++i) common |= sets_[page].bits[i] & set.bits[i];
  return common != 0;
}

}  // namespace gmr::vm

#include "page_targets.h"

#include <algorithm>
#include <iterator>

#include "../objects/heap_layout.h"

namespace gmr::vm {

namespace {

constexpr int kPageShift = 18;
static_assert(kPageBytes == uint64_t{1} << kPageShift);
// Below this a part would be smaller than what is allocated together.
constexpr int kLeastShift = 14;
static_assert(size_t{PageTargets::kParts - 1} << kPageShift <= UINT32_MAX, "the lower halves of words tell");
static_assert(2 * PageTargets::kParts <= INT16_MAX, "numbers of parts are packed into 16 bits with a sign");

}  // namespace

void PageMarks::Begin(int shift) {
  shift_ = shift;
  std::fill(std::begin(seen_), std::end(seen_), uint8_t{0});
}

uint64_t PageMarks::BitsFrom(size_t first) const {
  const uint8_t* seen = seen_ + kParts + first;  // of pointers
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

bool PageTargets::Reset(size_t pages) {
  shift_ = kPageShift;
  for (size_t parts = pages; shift_ > kLeastShift && parts * 2 <= kParts; parts *= 2) --shift_;
  // A page that was not noted may point anywhere.
  Set all;
  std::fill(std::begin(all.bits), std::end(all.bits), ~uint64_t{0});
  return sets_.Assign(pages, all) && noted_.Assign(pages, 0);
}

void PageTargets::Note(size_t page, const uint64_t* words, size_t count) {
  PageMarks marks;
  Begin(&marks);
  size_t i = 0;
  for (; i + platform::kMatchedWords <= count; i += platform::kMatchedWords) marks.Mark(words + i);
  marks.MarkSome(words + i, count - i);
  Note(page, marks);
}

void PageTargets::Note(size_t page, const PageMarks& marks) {
  if (page >= noted_.size()) return;
  noted_[page] = 1;
  for (size_t i = 0; i < kParts / 64; ++i) sets_[page].bits[i] = marks.BitsFrom(i * 64);
}

bool PageTargets::MayPointInto(size_t page, const Set& set) const {
  if (page >= sets_.size()) return true;
  uint64_t common = 0;
  for (size_t i = 0; i < kParts / 64; ++i) common |= sets_[page].bits[i] & set.bits[i];
  return common != 0;
}

}  // namespace gmr::vm

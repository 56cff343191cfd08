#include "page_targets.h"

#include <algorithm>

#include "heap_layout.h"

namespace gmr::vm {

namespace {

constexpr int kPageShift = 18;
static_assert(kPageBytes == uintptr_t{1} << kPageShift);
// Below this a part would be smaller than what is allocated together.
constexpr int kLeastShift = 14;

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
  // A store for each word, whatever it is: a test would cost more.
  const int shift = shift_;
  for (size_t i = 0; i < count; ++i) seen[words[i] >> shift & (kParts - 1)] = 1;
  Set& set = sets_[page];
  for (size_t i = 0; i < kParts / 64; ++i) {
    uint64_t bits = 0;
    for (size_t bit = 0; bit < 64; ++bit) bits |= uint64_t{seen[i * 64 + bit]} << bit;
    set.bits[i] = bits;
  }
}

bool PageTargets::MayPointInto(size_t page, const Set& set) const {
  if (page >= sets_.size()) return true;
  uint64_t common = 0;
  for (size_t i = 0; i < kParts / 64; ++i) common |= sets_[page].bits[i] & set.bits[i];
  return common != 0;
}

}  // namespace gmr::vm

#include "dead_words.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr size_t kLeastFreeWords = 2;

// LinearAllocationArea, src/heap/linear-allocation-area.h: start, top, limit.
constexpr int32_t kAreaTop = 8;
constexpr int32_t kAreaLimit = 16;

AllocationGap GapFrom(platform::Address top, platform::Address limit) {
  const platform::Address page = top.AlignedDown(kPageBytes);
  return top > limit || limit - page > kPageBytes ? AllocationGap() : AllocationGap{top, limit};
}

}  // namespace

size_t FreeWords(const PageWords& page, size_t index, int32_t size_unit) {
  if (index + 1 >= page.count) return 0;
  const Tagged size(page.at[index + 1]);
  if (!size.IsSmi() || size.ToSmi() <= 0) return 0;
  const uint64_t bytes = static_cast<uint64_t>(size.ToSmi()) * static_cast<uint64_t>(size_unit);
  const uint64_t count = bytes / sizeof(uint64_t);
  if (bytes % sizeof(uint64_t) != 0 || count < kLeastFreeWords || count > page.count - index) return 0;
  // Another object follows, unless the page ends.
  const bool ends_well = index + count == page.count || Tagged(page.at[index + count]).IsObject();
  return ends_well ? count : 0;
}

AllocationGap ReadGap(const HeapReader& heap, platform::Address area) {
  AllocationGap gap;
  if (area.IsNull() || !heap.memory().Load(area + kAreaTop, &gap.top) ||
      !heap.memory().Load(area + kAreaLimit, &gap.limit))
    return {};
  return GapFrom(gap.top, gap.limit);
}

void ReadGapsNow(const HeapReader& heap, const HeapAnchors& anchors, AllocationGap (&gaps)[kAllocationGaps]) {
  const platform::Address areas[kAllocationGaps] = {anchors.new_area, anchors.old_area};
  platform::Address places[2 * kAllocationGaps];
  uint64_t words[2 * kAllocationGaps] = {};
  for (size_t i = 0; i < kAllocationGaps; ++i) {
    places[2 * i] = areas[i] + kAreaTop;
    places[2 * i + 1] = areas[i] + kAreaLimit;
  }
  heap.memory().LoadEach(places, 2 * kAllocationGaps, words);
  for (size_t i = 0; i < kAllocationGaps; ++i) {
    const platform::Address top(words[2 * i]);
    gaps[i] = areas[i].IsNull() ? AllocationGap() : GapFrom(top, platform::Address(words[2 * i + 1]));
  }
  // If the top is at the end of its page, it is also the start of the next one, which has no gap there.
  AllocationGap& young = gaps[0];
  const platform::Address page = young.top.AlignedDown(kPageBytes);
  if (!young.top.IsNull() && young.top != page) young.limit = page + kPageBytes;
}

size_t FreeAreas::EndOfObjects(const PageWords& page) const {
  const uint64_t end = (new_top - page.start) / sizeof(uint64_t);
  return new_top >= page.start && end < page.count ? static_cast<size_t>(end) : page.count;
}

WordRange FreeAreas::GapIn(const PageWords& page) const {
  const uint64_t begin = (old.top - page.start) / sizeof(uint64_t);
  if (old.top < page.start || begin >= page.count) return {page.count, page.count};
  const uint64_t count = (old.limit - old.top) / sizeof(uint64_t);
  return {static_cast<size_t>(begin), static_cast<size_t>(begin + std::min(count, page.count - begin))};
}

void DeadWords::Begin(const PageWords& page, const FreeAreas& areas) {
  page_ = page;
  end_ = areas.EndOfObjects(page);
  gap_ = areas.GapIn(page);
  is_listed_ = false;
}

bool DeadWords::Has(size_t index) {
  if (page_.at == nullptr) return false;
  if (index >= end_ || (index >= gap_.begin && index < gap_.end)) return true;
  if (!is_listed_) FindBlocks();
  const WordRange* next =
      std::upper_bound(blocks_.begin(), blocks_.end(), index,
                       [](size_t at, const WordRange& block) { return at < block.begin; });
  return next != blocks_.begin() && index < (next - 1)->end;
}

// As HeapScan::FreeWordsAt().
size_t DeadWords::BlockAt(size_t index) const {
  const size_t words = FreeWords(page_, index, layout_->free_space_unit);
  const size_t next = index + words;
  const bool ends_well = next >= end_ || next == gap_.begin || heap_->TypeOfMap(Tagged(page_.at[next])) >= 0;
  return ends_well ? words : 0;
}

void DeadWords::FindBlocks() {
  is_listed_ = true;
  blocks_.Truncate(0);
  // 0 is no map, but a frequent word.
  const uint64_t map = anchors_->free_space_map.bits();
  if (map == 0) return;
  for (size_t i = 0; i < end_;) {
    if (i == gap_.begin && gap_.begin < gap_.end) {
      i = gap_.end;
      continue;
    }
    const size_t count = page_.at[i] == map ? BlockAt(i) : 0;
    if (count > 0 && !blocks_.Append({i, i + count})) return;
    i += std::max<size_t>(count, 1);
  }
}

}  // namespace gmr::vm

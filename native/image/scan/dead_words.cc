#include "dead_words.h"

#include <algorithm>

#include "../objects/tagged.h"

namespace gmr::vm {

namespace {

constexpr size_t kLeastFreeWords = 2;

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

size_t EndOfObjects(const PageWords& page, platform::Address allocation_top) {
  const uint64_t end = (allocation_top - page.start) / sizeof(uint64_t);
  return allocation_top >= page.start && end < page.count ? static_cast<size_t>(end) : page.count;
}

void DeadWords::Begin(const PageWords& page, platform::Address allocation_top) {
  page_ = page;
  end_ = EndOfObjects(page, allocation_top);
  is_listed_ = false;
}

bool DeadWords::Has(size_t index) {
  if (page_.at == nullptr) return false;
  if (index >= end_) return true;
  if (!is_listed_) FindBlocks();
  const Block* next = std::upper_bound(blocks_.begin(), blocks_.end(), index,
                                       [](size_t at, const Block& block) { return at < block.begin; });
  return next != blocks_.begin() && index < (next - 1)->end;
}

void DeadWords::FindBlocks() {
  is_listed_ = true;
  blocks_.Truncate(0);
  // 0 is no map, but a frequent word.
  const uint64_t map = anchors_->free_space_map.bits();
  if (map == 0) return;
  for (size_t i = 0; i < end_;) {
    const size_t count = page_.at[i] == map ? FreeWords(page_, i, layout_->free_space_unit) : 0;
    if (count > 0 && !blocks_.Append({i, i + count})) return;
    i += std::max<size_t>(count, 1);
  }
}

}  // namespace gmr::vm

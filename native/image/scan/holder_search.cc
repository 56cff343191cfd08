#include "holder_search.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

bool HolderSearch::Find(const HeapPages& pages, size_t number, const uint64_t* words, size_t index,
                        WordHolder* holder) {
  const HeapPage& page = pages.pages()[number];
  const platform::Address address = page.start + index * sizeof(uint64_t);
  if (IsInLast(address, holder)) return true;
  return page.is_inside_large ? FindLarge(pages, number, address, holder)
                              : FindInPage(page.start, words, index, holder);
}

bool HolderSearch::IsInLast(platform::Address address, WordHolder* holder) const {
  if (address < array_.begin || address >= array_.end) return false;
  *holder = {Tagged::At(array_.begin), static_cast<int32_t>(address - array_.begin)};
  return true;
}

bool HolderSearch::FindInPage(platform::Address start, const uint64_t* words, size_t index,
                              WordHolder* holder) {
  for (size_t back = 1; back <= index; ++back) {
    const size_t first = index - back;
    const bool is_far = back > kMaxFixedWords;
    if (is_far && !Reaches(Tagged(words[first + 1]), back)) continue;
    const Extent extent = ExtentAt(words + first, back);
    if (extent == Extent::kNone || (extent == Extent::kShort && is_far)) continue;
    if (extent == Extent::kShort) return false;
    // The second word of others may hold more than a length.
    if (back > kNearWords && !IsLong(heap_->TypeOfMap(Tagged(words[first])))) continue;
    *holder = {Tagged::At(start + first * sizeof(uint64_t)), static_cast<int32_t>(back * sizeof(uint64_t))};
    return true;
  }
  return false;
}

// An array of words, or the table of a Map, a Set, a WeakMap or of an object's properties or elements.
bool HolderSearch::IsLong(int32_t type) const {
  const Layout& layout = heap_->layout();
  const int32_t known[] = {layout.type_fixed_array,       layout.type_name_dictionary,
                           layout.type_number_dictionary, layout_->type_ordered_map,
                           layout_->type_ordered_set,     layout_->type_ephemeron_table};
  return type >= 0 && std::find(std::begin(known), std::end(known), type) != std::end(known);
}

bool HolderSearch::Reaches(Tagged length, size_t back) {
  return length.IsSmi() && length.ToSmi() >= 0 && back < static_cast<size_t>(length.ToSmi()) + kArrayHeader;
}

HolderSearch::Extent HolderSearch::ExtentAt(const uint64_t* words, size_t back) const {
  Tagged map(words[0]);
  if (!map.IsObject() || !heap_->Is(&map, heap_->layout().type_map)) return Extent::kNone;
  uint8_t fixed_words = 0;
  if (!heap_->memory().Load(map.Slot(heap_->layout().map_instance_words), &fixed_words))
    return Extent::kShort;
  if (fixed_words != 0) return back < fixed_words ? Extent::kReaches : Extent::kShort;
  const Tagged length(words[1]);
  if (!length.IsSmi() || length.ToSmi() < 0) return Extent::kNone;
  return Reaches(length, back) ? Extent::kReaches : Extent::kShort;
}

bool HolderSearch::FindLarge(const HeapPages& pages, size_t number, platform::Address address,
                             WordHolder* holder) {
  size_t head = number;
  while (head > 0 && pages.pages()[head].is_inside_large &&
         pages.pages()[head - 1].end == pages.pages()[head].start)
    --head;
  const HeapPage& page = pages.pages()[head];
  if (page.is_inside_large || !heap_->memory().Read(page.start, head_, sizeof head_)) return false;
  for (size_t i = 0; i + 1 < kHeadWords; ++i) {
    Tagged map(head_[i]);
    const Tagged length(head_[i + 1]);
    if (!map.IsObject() || !length.IsSmi() || length.ToSmi() <= 0) continue;
    if (!heap_->Is(&map, heap_->layout().type_map)) continue;
    // Never large; behind its length is a hash, which would make it reach anywhere.
    if (heap_->TypeOfMap(map) == heap_->layout().type_property_array) continue;
    const platform::Address begin = page.start + i * sizeof(uint64_t);
    const platform::Address end =
        begin + (static_cast<size_t>(length.ToSmi()) + kArrayHeader) * sizeof(uint64_t);
    if (address >= end) return false;
    array_ = {begin, end};
    return IsInLast(address, holder);
  }
  return false;
}

}  // namespace gmr::vm

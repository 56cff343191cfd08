#include "holder_passes.h"

#include <algorithm>
#include <iterator>

#include "../../base/clock.h"

namespace gmr::vm {

namespace {

// So many pages of a pass are searched before it is known whether few of them have what is wanted.
constexpr size_t kFirstPages = 16;
constexpr size_t kFew = 4;
// Holders with the same map that are noted, of a list and of any other object that is no scope.
constexpr uint8_t kMostWithMapOfList = 8;
constexpr uint8_t kMostWithMap = 48;
// Scopes have more, all of which are functions.
constexpr uint32_t kLimitOfOthers = 64;

}  // namespace

void HolderPasses::Reset() {
  held_.Truncate(0);
  found_.Truncate(0);
  numbers_.Clear();
  nodes_.Truncate(0);
  list_words_.Truncate(0);
  search_.Reset();
  pass_begin_ = pass_end_ = 0;
  is_full_ = has_unreadable_pages_ = false;
}

uint32_t HolderPasses::Want(Tagged object, uint32_t limit) {
  auto number = static_cast<uint32_t>(held_.size());
  HeldObject held;
  held.object = object;
  held.limit = limit;
  if (!held_.Append(held)) return kNoIndex;
  uint32_t present = kNoIndex;
  if (!numbers_.Insert(object.bits(), number, &present)) present = kNoIndex;
  if (present != number) held_.Truncate(number);
  return present;
}

uint32_t HolderPasses::WantList(const platform::MappedArray<uint64_t>& chain, Tagged map, int32_t offset,
                                uint32_t limit) {
  for (const uint64_t word : chain) {
    const uint32_t* known = numbers_.Find(word);
    if (known != nullptr && held_[*known].ignored_map == map && held_[*known].list_offset == offset)
      return *known;
  }
  const auto number = static_cast<uint32_t>(held_.size());
  HeldObject held;
  held.object = Tagged(chain[0]);
  held.limit = limit;
  held.ignored_map = map;
  held.list_offset = offset;
  if (!held_.Append(held)) return kNoIndex;
  for (const uint64_t word : chain) {
    uint32_t present = number;
    if (!numbers_.Insert(word, number, &present)) return kNoIndex;
    if (present == number) {
      if (!list_words_.Append(word)) return kNoIndex;
      continue;
    }
    // The holders of an object that was wanted before are all known, or will be with these.
    if (!nodes_.Append({present, held_[number].first_node})) return kNoIndex;
    held_[number].first_node = static_cast<uint32_t>(nodes_.size() - 1);
  }
  return number;
}

bool HolderPasses::FillFilter() {
  if (!filter_.Reset()) return false;
  for (uint32_t i = pass_begin_; i < pass_end_; ++i) filter_.Add(held_[i].object.bits());
  for (const uint64_t word : list_words_) filter_.Add(word);
  return true;
}

bool HolderPasses::Run(const Search& search) {
  pass_end_ = static_cast<uint32_t>(held_.size());
  if (!FillFilter() || !ScanPages(search)) return false;
  for (uint32_t i = pass_begin_; i < pass_end_; ++i) held_[i].is_searched = true;
  pass_begin_ = pass_end_;
  list_words_.Truncate(0);
  return true;
}

bool HolderPasses::ScanPages(const Search& search) {
  if (!ListPages(search.pages, *search.targets)) return false;
  size_t with_words = 0;
  first_open_ = pass_begin_;
  const size_t first_count = std::min(kFirstPages, page_numbers_.size());
  for (size_t i = 0; i < first_count; ++i) {
    if (IsPassOver()) return true;
    if (platform::MonotonicNs() > search.deadline_ns) return false;
    with_words += ScanPage(search, page_numbers_[i]) ? 1 : 0;
  }
  const PageQuestion rest{search.pages.pages().begin(),
                          page_numbers_.begin() + first_count,
                          page_numbers_.size() - first_count,
                          &filter_,
                          search.targets,
                          search.deadline_ns,
                          search.may_split};
  const bool is_filtered = rest.count >= PageFilter::kWorthSplitting && with_words <= kFew;
  if (is_filtered && !page_filter_.Run(rest)) return false;
  for (size_t i = 0; i < rest.count; ++i) {
    if (is_filtered && !page_filter_.MayHave(i)) continue;
    if (IsPassOver()) return true;
    if (platform::MonotonicNs() > search.deadline_ns) return false;
    ScanPage(search, rest.numbers[i]);
  }
  return true;
}

// Lists the pages that may refer to an object of this pass.
bool HolderPasses::ListPages(const HeapPages& pages, const PageTargets& targets) {
  PageTargets::Set wanted;
  for (uint32_t i = pass_begin_; i < pass_end_; ++i) targets.Add(held_[i].object.bits(), &wanted);
  for (const uint64_t word : list_words_) targets.Add(word, &wanted);
  page_numbers_.Truncate(0);
  for (uint32_t i = 0; i < pages.pages().size(); ++i) {
    if (targets.MayPointInto(i, wanted) && !page_numbers_.Append(i)) return false;
  }
  return true;
}

// An object that the whole heap refers to has as many holders on the first pages as are noted at all, so the
// other pages of the pass could change nothing.
bool HolderPasses::IsPassOver() {
  while (first_open_ < pass_end_ && !IsOpen(first_open_)) ++first_open_;
  return first_open_ == pass_end_;
}

// Whether the page has a word that may be wanted.
bool HolderPasses::ScanPage(const Search& search, size_t number) {
  const HeapPage& page = search.pages.pages()[number];
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  page_ = heap_->memory().OpenWindow(page.start, bytes);
  if (page_ == nullptr) {
    has_unreadable_pages_ = true;
    return false;
  }
  const size_t words = bytes / sizeof(uint64_t);
  page.is_inside_large ? dead_.BeginInside() : dead_.Begin({page_, words, page.start}, search.free_areas);
  if (!search.targets->IsNoted(number)) search.targets->Note(number, page_, words);
  bool any = false;
  size_t i = 0;
  for (; i + WordSet::kStride <= words; i += WordSet::kStride) {
    if (!filter_.MayHaveOneOf(page_ + i)) continue;
    any = true;
    ScanWords(search.pages, number, i, i + WordSet::kStride);
  }
  ScanWords(search.pages, number, i, words);
  return any;
}

void HolderPasses::ScanWords(const HeapPages& pages, size_t number, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const uint64_t word = page_[i];
    if (!filter_.MayHave(word)) continue;
    const uint32_t* found = numbers_.Find(word);
    if (found == nullptr || *found < pass_begin_ || *found >= pass_end_) continue;
    HeldObject& held = held_[*found];
    // To find the holder of a word takes long, and many words point to what everything refers to.
    if (!IsOpen(*found)) {
      held.is_popular = true;
      continue;
    }
    if (dead_.Has(i)) continue;
    WordHolder holder;
    if (!search_.Find(pages, number, page_, i, &holder)) {
      held.is_unseen = true;
    } else if (holder.object.bits() != word) {
      Note(*found, Tagged(word), holder);
    }
  }
}

bool HolderPasses::IsOneOfMany(HeldObject* held, Tagged map) const {
  for (size_t i = 0; i < std::size(held->maps); ++i) {
    if (!held->maps[i].IsObject()) held->maps[i] = map;
    if (held->maps[i] != map) continue;
    if (held->with_map[i] < (held->ignored_map.IsObject() ? kMostWithMapOfList : kMostWithMap)) {
      ++held->with_map[i];
      return false;
    }
    ++held->alike;
    if (!held->ignored_map.IsObject()) held->is_popular = true;
    return true;
  }
  return false;
}

void HolderPasses::Note(uint32_t number, Tagged word, const WordHolder& holder) {
  HeldObject& held = held_[number];
  Tagged map;
  const bool has_map = held.limit <= kLimitOfOthers && heap_->MapOf(holder.object, &map);
  if (has_map && (map == held.ignored_map || IsOneOfMany(&held, map))) return;
  const auto index = static_cast<uint32_t>(found_.size());
  if (!found_.Append({holder.object, holder.offset, kNoIndex, word})) {
    is_full_ = held.is_popular = true;
    return;
  }
  ++held.count;
  if (held.last != kNoIndex) found_[held.last].next = index;
  if (held.first == kNoIndex) held.first = index;
  held.last = index;
}

}  // namespace gmr::vm

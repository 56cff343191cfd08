#include "heap_scan.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "../../base/clock.h"
#include "../../base/containers/word_match.h"

namespace gmr::vm {

namespace {

// map, properties, elements: what every object begins with.
constexpr size_t kWordsToElements = 2;

// Words whose matches are visited together: how many there are, no processor can guess.
constexpr size_t kTogether = 64;
static_assert(kTogether % platform::kMatchedWords == 0);

}  // namespace

HeapScan::HeapScan(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors)
    : heap_(heap), layout_(layout), anchors_(anchors), handlers_(heap, layout) {}

void HeapScan::Reset() {
  suspended_.Truncate(0);
  promises_.Truncate(0);
  resolvers_.Truncate(0);
  marks_.Truncate(0);
  handlers_.Reset();
  // Maps may have moved, and others be in their place.
  std::fill(std::begin(known_maps_), std::end(known_maps_), kNoMap);
  idle_generators_ = 0;
  unreadable_pages_ = 0;
  read_bytes_ = 0;
  dropped_ = 0;
  free_areas_ = {};
  // 0: unknown, then nothing is left out.
  if (!anchors_->allocation_top_slot.IsNull() &&
      !heap_->memory().Load(anchors_->allocation_top_slot, &free_areas_.new_top))
    free_areas_.new_top = platform::Address();
  free_areas_.old = ReadGap(*heap_, anchors_->old_area);
  // 0 is no map, but a frequent word.
  free_space_ = anchors_->free_space_map.bits() == 0 ? 1 : anchors_->free_space_map.bits();
}

HeapScan::Outcome HeapScan::Run(const HeapPages& pages, const ScanLimits& limits) {
  Reset();
  const size_t count = pages.pages().size();
  PageShare all(count);
  PageShare& share = limits.share == nullptr ? all : *limits.share;
  for (size_t i = 0; share.Claim(); ++i) {
    const size_t number = limits.from_back ? count - 1 - i : i;
    const HeapPage& page = pages.pages()[number];
    if (page.is_inside_large && limits.targets == nullptr) continue;
    if (platform::MonotonicNs() > limits.deadline_ns) return Outcome::kLate;
    if (limits.from_back && !marks_.Append({suspended_.size(), promises_.size(), resolvers_.size()}))
      return Outcome::kTooMany;
    if (!ScanNumber(number, page, limits.targets)) return Outcome::kTooMany;
  }
  return Outcome::kDone;
}

bool HeapScan::ScanNumber(size_t number, const HeapPage& page, PageTargets* targets) {
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  page_ = heap_->memory().OpenWindow(page.start, bytes);
  page_words_ = bytes / sizeof(uint64_t);
  page_start_ = page.start;
  read_bytes_ += bytes;
  if (page_ == nullptr) {
    ++unreadable_pages_;
    return true;
  }
  if (page.is_inside_large) {
    if (targets != nullptr) targets->Note(number, page_, page_words_);
    return true;
  }
  if (targets == nullptr) return ScanPage<false>(page.start, page_words_);
  targets->Begin(&marks_of_page_);
  if (!ScanPage<true>(page.start, page_words_)) return false;
  targets->Note(number, marks_of_page_);
  return true;
}

// The other scan read its pages from the last to the first.
bool HeapScan::Append(const HeapScan& other) {
  idle_generators_ += other.idle_generators_;
  unreadable_pages_ += other.unreadable_pages_;
  read_bytes_ += other.read_bytes_;
  dropped_ += other.dropped_;
  PageMark end{other.suspended_.size(), other.promises_.size(), other.resolvers_.size()};
  for (size_t page = other.marks_.size(); page-- > 0;) {
    const PageMark& begin = other.marks_[page];
    const bool has_room =
        suspended_.Append(other.suspended_.begin() + begin.suspended, end.suspended - begin.suspended) &&
        promises_.Append(other.promises_.begin() + begin.promises, end.promises - begin.promises) &&
        resolvers_.Append(other.resolvers_.begin() + begin.resolvers, end.resolvers - begin.resolvers);
    if (!has_room) return false;
    end = begin;
  }
  return true;
}

// Tens of millions of objects are told to be of no interest here.
[[gnu::always_inline]] inline bool HeapScan::VisitMatched(platform::Address start, size_t begin,
                                                          uint64_t matched) {
  const uint64_t elements = anchors_->empty_elements.bits();
  const uint64_t frozen = anchors_->empty_frozen_elements.bits();
  // Objects without properties have the same word in front of their elements.
  // No wanted object has it behind them.
  uint64_t left = matched & ~(matched >> 1);
  while (left != 0) {
    const uint64_t bit = left & -left;
    left &= ~bit;
    const size_t index = begin + static_cast<size_t>(std::countr_zero(bit));
    if (page_[index] != elements && page_[index] != frozen) {
      // Only its lower half was the same, so it says nothing about the word before.
      left |= matched & bit >> 1;
      continue;
    }
    if (index < kWordsToElements || (index + 1 < page_words_ && page_[index + 1] == elements)) continue;
    const size_t first = index - kWordsToElements;
    const Role role = RoleAt(first);
    if (role != Role::kNone && !Visit(role, first, Tagged::At(start + first * sizeof(uint64_t))))
      return false;
  }
  return true;
}

// Of at most kTogether words. Marks them, too.
template <bool kWithMarks>
[[gnu::always_inline]] inline HeapScan::Matches HeapScan::Match(size_t begin, size_t count) {
  using platform::kMatchedWords;
  const platform::WantedWords wanted{anchors_->empty_elements.bits(), anchors_->empty_frozen_elements.bits(),
                                     free_space_};
  Matches found;
  size_t i = 0;
  for (; i + kMatchedWords <= count; i += kMatchedWords) {
    const uint64_t* words = page_ + begin + i;
    const platform::MatchedWords matched = platform::MatchWords(words, wanted);
    found.common |= uint64_t{matched.common} << i;
    found.rare |= uint64_t{matched.rare} << i;
    if constexpr (kWithMarks) marks_of_page_.Mark(words);
  }
  if (i < count) {
    const platform::MatchedWords matched = platform::MatchSomeWords(page_ + begin + i, count - i, wanted);
    found.common |= uint64_t{matched.common} << i;
    found.rare |= uint64_t{matched.rare} << i;
    if constexpr (kWithMarks) marks_of_page_.MarkSome(page_ + begin + i, count - i);
  }
  return found;
}

template <bool kWithMarks>
bool HeapScan::ScanPage(platform::Address start, size_t words) {
  const PageWords page{page_, words, start};
  const size_t end = free_areas_.EndOfObjects(page);
  const WordRange gap = free_areas_.GapIn(page);
  return ScanWords<kWithMarks>(page, 0, std::min(gap.begin, end)) &&
         ScanWords<kWithMarks>(page, gap.end, end);
}

// As FreeWords(), but 0 unless an object begins right behind the block. A header may be a remnant of a block
// that is partly in use again, and which then ends inside of an object.
size_t HeapScan::FreeWordsAt(const PageWords& page, size_t index, size_t end) {
  const size_t words = FreeWords(page, index, layout_->free_space_unit);
  if (words == 0 || index + words >= end) return words;
  const uint64_t next = page.at[index + words];
  Role ignored = Role::kNone;
  return (SlotOf(next) << kRoleBits) == (next << kRoleBits) || LearnMap(next, &ignored) ? words : 0;
}

template <bool kWithMarks>
bool HeapScan::ScanWords(const PageWords& page, size_t begin, size_t end) {
  for (size_t i = begin; i < end;) {
    const size_t count = std::min(kTogether, end - i);
    Matches matched = count == kTogether ? Match<kWithMarks>(i, kTogether) : Match<kWithMarks>(i, count);
    size_t next = i + count;
    for (; matched.rare != 0; matched.rare &= matched.rare - 1) {
      const size_t index = i + static_cast<size_t>(std::countr_zero(matched.rare));
      const size_t skipped = page_[index] == free_space_ ? FreeWordsAt(page, index, end) : 0;
      if (skipped == 0) continue;
      // Those before it only.
      matched.common &= (matched.rare & -matched.rare) - 1u;
      next = index + skipped;
      break;
    }
    if (!VisitMatched(page.start, i, matched.common)) return false;
    i = next;
  }
  return true;
}

HeapScan::Role HeapScan::RoleAt(size_t index) {
  const uint64_t map = page_[index];
  const uint64_t known = SlotOf(map);
  // The role is in the bits above those of an address.
  if ((known << kRoleBits) == (map << kRoleBits)) return static_cast<Role>(known >> kRoleShift);
  return LearnRole(index);
}

HeapScan::Role HeapScan::LearnRole(size_t index) {
  const uint64_t map = page_[index];
  Role role = Role::kNone;
  if (!Tagged(map).IsObject()) return role;
  // With elements of its own but no properties, the object begins a word later.
  // Then `map` is any word of the heap: following it would cost much.
  const uint64_t next = page_[index + 1];
  const bool is_empty = next == anchors_->empty_elements.bits();
  if (!is_empty && (SlotOf(next) << kRoleBits) == (next << kRoleBits)) return role;
  Role ignored = Role::kNone;
  if (!LearnMap(map, &role) && !is_empty) LearnMap(next, &ignored);
  return role;
}

bool HeapScan::LearnMap(uint64_t word, Role* role) {
  if (!Tagged(word).IsObject()) return false;
  const int32_t type = heap_->TypeOfMap(Tagged(word));
  if (type < 0) return false;
  if (type == layout_->type_promise) {
    *role = Role::kPromise;
  } else if (type == layout_->type_async_function) {
    *role = Role::kAsyncFunction;
  } else if (type == layout_->type_async_generator) {
    *role = Role::kAsyncGenerator;
  } else if (heap_->IsFunctionType(type)) {
    *role = Role::kFunction;
  }
  SlotOf(word) = word | static_cast<uint64_t>(*role) << kRoleShift;
  return true;
}

Tagged HeapScan::Field(size_t index, int32_t offset) const {
  const size_t word = index + static_cast<size_t>(offset) / sizeof(uint64_t);
  return offset >= 0 && word < page_words_ ? Tagged(page_[word]) : Tagged();
}

bool HeapScan::Visit(Role role, size_t index, Tagged object) {
  switch (role) {
    case Role::kPromise:
      return AddPromise(index, object);
    case Role::kAsyncFunction:
    case Role::kAsyncGenerator:
      return AddSuspended(role, index, object);
    case Role::kFunction: {
      const Tagged shared = Field(index, heap_->layout().function_shared);
      if (shared != anchors_->resolve_shared && shared != anchors_->reject_shared) return true;
      return resolvers_.Append(
          {object, Field(index, layout_->function_context), shared == anchors_->reject_shared});
    }
    case Role::kNone:
      break;
  }
  return true;
}

bool HeapScan::AddPromise(size_t index, Tagged object) {
  const Tagged flags = Field(index, layout_->promise_flags);
  const Tagged reactions = Field(index, layout_->promise_reactions);
  if (!flags.IsSmi() || (flags.ToSmi() & kPromiseStatusMask) != kPromisePending) return true;
  if (!reactions.IsObject()) return true;
  const bool is_near = reactions.bits() - page_start_.number() < page_words_ * sizeof(uint64_t);
  return promises_.Append({object, reactions, is_near ? handlers_.SoleFunctionOf(reactions) : Tagged()});
}

bool HeapScan::AddSuspended(Role role, size_t index, Tagged object) {
  const bool is_generator = role == Role::kAsyncGenerator;
  const Tagged continuation = Field(index, layout_->generator_continuation);
  const Tagged position = Field(index, layout_->generator_position);
  // Negative while it runs and when it has ended.
  if (!continuation.IsSmi() || continuation.ToSmi() < 0 || !position.IsSmi()) return true;
  SuspendedObject found;
  found.object = object;
  found.function = Field(index, layout_->generator_function);
  found.receiver = Field(index, layout_->generator_receiver);
  found.position = position.ToSmi();
  found.kind = is_generator ? SuspendedKind::kAsyncGenerator : SuspendedKind::kAsyncFunction;
  found.result =
      Field(index, is_generator ? layout_->async_generator_queue : layout_->async_function_promise);
  if (is_generator && !heap_->Is(&found.result, layout_->type_async_generator_request)) {
    const Tagged awaiting = Field(index, layout_->async_generator_awaiting);
    if (!awaiting.IsSmi() || awaiting.ToSmi() == 0) {
      ++idle_generators_;
      return true;
    }
  }
  if (!heap_->IsFunction(&found.function) ||
      (!is_generator && !heap_->Is(&found.result, layout_->type_promise))) {
    ++dropped_;
    return true;
  }
  return suspended_.Append(found);
}

}  // namespace gmr::vm

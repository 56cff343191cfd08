#include "old_limit.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// The window begins at the isolate, which holds its heap, and reaches beyond its end.
constexpr size_t kWords = platform::MemoryReader::kWindowBytes / sizeof(uint64_t);
// V8 keeps the limit twice: as it is, and as it was configured. In V8 11.3 to 14.6 the second is 3 or 4 words
// behind the first.
constexpr size_t kConfiguredWithin = 8;
// The size of a semi-space is before the limit: by 3 words in V8 11.3, by 2,664 in 14.6.
constexpr size_t kSemiSpaceWithin = 4096;
// Sizes of semi-spaces are multiples of V8's pages.
constexpr uint64_t kPageBytes = uint64_t{256} << 10;

bool IsTwice(const uint64_t* words, size_t index) {
  const uint64_t* end = words + std::min(kWords, index + 1 + kConfiguredWithin);
  return std::find(words + index + 1, end, words[index]) != end;
}

}  // namespace

// Once the place is known, only the sum is checked: a callback of the application may have raised the limit.
std::optional<size_t> OldLimit::ReadAt(const Place& place, platform::MemoryReader* memory,
                                       platform::Address isolate, uint64_t heap_limit) {
  uint64_t old = 0;
  uint64_t semi_space = 0;
  const bool fits = memory->Load(isolate + place.old_limit * sizeof old, &old) &&
                    memory->Load(isolate + place.semi_space * sizeof semi_space, &semi_space) && old > 0 &&
                    old < heap_limit && semi_space > 0 && semi_space < heap_limit &&
                    old + place.semi_spaces * semi_space == heap_limit;
  return fits ? std::optional<size_t>(old) : std::nullopt;
}

// The young generation is two semi-spaces, or one when it is marked and swept (--minor-ms), and large objects
// of the size of another.
std::optional<OldLimit::Place> OldLimit::FindFor(const uint64_t* words, size_t old_limit,
                                                 uint64_t heap_limit) {
  const uint64_t young = heap_limit - words[old_limit];
  for (const uint64_t semi_spaces : {uint64_t{3}, uint64_t{2}}) {
    if (young % (semi_spaces * kPageBytes) != 0) continue;
    const uint64_t* begin = words + (old_limit > kSemiSpaceWithin ? old_limit - kSemiSpaceWithin : 0);
    const uint64_t* end = words + old_limit;
    const uint64_t* semi_space = std::find(begin, end, young / semi_spaces);
    if (semi_space == end) continue;
    return Place{old_limit, static_cast<size_t>(semi_space - words), semi_spaces};
  }
  return std::nullopt;
}

std::optional<OldLimit::Place> OldLimit::Find(const uint64_t* words, uint64_t heap_limit) {
  std::optional<Place> found;
  for (size_t i = 0; i < kWords; ++i) {
    if (words[i] < kPageBytes || words[i] >= heap_limit || !IsTwice(words, i)) continue;
    const auto place = FindFor(words, i, heap_limit);
    if (!place) continue;
    if (found && words[found->old_limit] != words[i]) return std::nullopt;
    if (!found) found = place;
  }
  return found;
}

std::optional<size_t> OldLimit::Read(platform::MemoryReader* memory, platform::Address isolate,
                                     uint64_t heap_limit) {
  if (place_) {
    if (const auto known = ReadAt(*place_, memory, isolate, heap_limit)) return known;
  }
  const uint64_t* words = memory->OpenWindow(isolate, platform::MemoryReader::kWindowBytes);
  const auto place = words != nullptr ? Find(words, heap_limit) : std::nullopt;
  if (!place) return std::nullopt;
  place_ = place;
  return words[place->old_limit];
}

}  // namespace gmr::vm

// ObjectWalk: visits the objects of a heap page one after the other.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the MapTable.
//
// An object begins with the address of its map, and the next one begins where it ends. Where its size is not
// known, or what follows is no object, the walk goes on at the next word that is the address of a map and
// looks like the begin of an object.
#ifndef GMR_NATIVE_IMAGE_CENSUS_OBJECT_WALK_H_
#define GMR_NATIVE_IMAGE_CENSUS_OBJECT_WALK_H_

#include <algorithm>
#include <cstdint>

#include "../objects/heap_pages.h"
#include "../scan/dead_words.h"
#include "map_table.h"

namespace gmr::vm {

class ObjectWalk {
 public:
  ObjectWalk(const HeapReader* heap, const HeapLayout* layout, MapTable* maps)
      : heap_(heap), layout_(layout), maps_(maps) {}

  // The gaps of the page that is walked next.
  void SetGaps(const AllocationGap (&gaps)[kAllocationGaps]) { std::ranges::copy(gaps, gaps_); }

  // How many words an object with this map has whose second word is `second`. 0: unknown.
  uint64_t WordsOf(const MapEntry& map, uint64_t second) const;

  // Calls `visit(index of the map, index of the first word, words)` for each object. An object may be larger
  // than the page.
  template <typename Visit>
  void Page(const PageWords& page, Visit visit) {
    page_ = page;
    in_step_ = false;
    Open open;
    for (size_t i = 0; i < page.count;) {
      const size_t behind = SkipGap(i);
      const uint32_t map = behind == i ? maps_->Find(page.at[i]) : platform::kNoIndex;
      const bool is_object = map != platform::kNoIndex && (in_step_ || IsPlausible((*maps_)[map], i));
      if (is_object || behind != i) End(visit, &open, i);
      if (!is_object) {
        in_step_ = false;
        i = std::max(behind, i + 1);
        continue;
      }
      const uint64_t words = WordsAt((*maps_)[map], i);
      const bool is_dead = (*maps_)[map].kind == HeapKind::kDead;
      // A free block may be followed by a new object that is still incomplete, so nothing is required of its
      // end. If no object ended right before the block, though, its header may be stale and its memory partly
      // reused.
      in_step_ = words != 0 && ((is_dead && in_step_) || EndsWell(i, words));
      if (!in_step_) {
        open = {map, i, words == 0 ? kUnlimited : words};
        ++i;
        continue;
      }
      if (!is_dead) visit(map, i, words);
      i += static_cast<size_t>(std::min<uint64_t>(words, page.count - i));
    }
    End(visit, &open, page.count);
  }

 private:
  static constexpr uint64_t kUnlimited = ~uint64_t{0};

  // An object whose end was not found yet.
  struct Open {
    uint32_t map = platform::kNoIndex;
    size_t begin = 0;
    uint64_t most_words = 0;
  };

  template <typename Visit>
  void End(Visit visit, Open* open, size_t end) const {
    if (open->map != platform::kNoIndex && (*maps_)[open->map].kind != HeapKind::kDead)
      visit(open->map, open->begin, std::min<uint64_t>(open->most_words, end - open->begin));
    *open = Open();
  }

  // Whether another object, a gap or the end of the page is where an object ends. If the thread puts new
  // objects where the page was free, remains of old ones follow them, whose size may be any number: it must
  // not lead the walk past objects that are alive.
  bool EndsWell(size_t index, uint64_t words) const;
  // The index behind a gap that begins at `index`; else `index`.
  size_t SkipGap(size_t index) const;
  // 0: unknown.
  uint64_t WordsAt(const MapEntry& map, size_t index) const;
  uint64_t WordsOfString(const MapEntry& map, uint64_t second) const;
  // Where no object ended before: the address of a map may also be a field.
  bool IsPlausible(const MapEntry& map, size_t index) const;
  bool LoadWord(size_t index, uint64_t* word) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  MapTable* maps_;
  AllocationGap gaps_[kAllocationGaps];
  PageWords page_;
  bool in_step_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_OBJECT_WALK_H_

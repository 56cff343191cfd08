#include "map_table.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

void MapTable::Reset() {
  maps_.Truncate(0);
  by_word_.Clear();
  std::fill(std::begin(slots_), std::end(slots_), Slot());
  full_ = false;
}

uint32_t MapTable::Learn(uint64_t word) {
  Slot& slot = slots_[SlotOf(word)];
  if (!Tagged(word).IsObject()) return platform::kNoIndex;
  const uint32_t* known = by_word_.Find(word);
  if (known != nullptr) {
    slot = {word, *known};
    return *known;
  }
  const Tagged map(word);
  MapEntry entry;
  entry.map = map;
  entry.type = heap_->TypeOfMap(map);
  uint8_t words = 0;
  if (entry.type < 0 || !heap_->memory().Load(map.Slot(heap_->layout().map_instance_words), &words)) {
    slot = {word, platform::kNoIndex};
    return platform::kNoIndex;
  }
  entry.words = words;
  entry.kind = types_->KindOf(entry.type);
  entry.rule = types_->RuleOf(entry.type);
  entry.has_parts = types_->HasParts(entry.type);
  auto index = static_cast<uint32_t>(maps_.size());
  if (!maps_.Append(entry) || !by_word_.Insert(word, index, &index)) {
    full_ = true;
    return platform::kNoIndex;
  }
  slot = {word, index};
  return index;
}

}  // namespace gmr::vm

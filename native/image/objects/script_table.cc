#include "script_table.h"

#include <algorithm>
#include <cstring>

namespace gmr::vm {

namespace {

constexpr size_t kMaxFileBytes = 1024;
constexpr uint16_t kLineFeed = '\n';
constexpr uint16_t kCarriageReturn = '\r';
constexpr uint16_t kLineSeparator = 0x2028;
constexpr uint16_t kParagraphSeparator = 0x2029;

}  // namespace

void ScriptTable::Reset() {
  for (Slot& slot : slots_) slot.used = false;
  counted_chars_ = 0;
  mark_count_ = 0;
}

ScriptTable::Slot* ScriptTable::FindSlot(Tagged object) {
  if (!heap_->Is(&object, heap_->layout().type_script)) return nullptr;
  // Scripts are some hundred bytes apart; a collision costs a second reading.
  Slot& slot = slots_[object.bits() / 128 % kSlots];
  if (slot.used && slot.script.object == object) return &slot;
  slot = Slot();
  if (!Fill(object, &slot.script)) return nullptr;
  slot.used = true;
  return &slot;
}

bool ScriptTable::Fill(Tagged object, Script* script) const {
  const Layout& layout = heap_->layout();
  Tagged name;
  Tagged url;
  int32_t flags = 0;
  if (!heap_->Load(object, layout.script_name, &name)) return false;
  if (!heap_->Load(object, layout.script_source_url, &url)) return false;
  script->object = object;
  // As Script::GetNameOrSourceURL() of V8 chooses.
  const char* file = strings_->Copy(url, kMaxFileBytes);
  if (file == nullptr || *file == '\0') file = strings_->Copy(name, kMaxFileBytes);
  if (file != nullptr) script->file = file;
  // CompilationType, the lowest bit, src/objects/script.tq.
  script->is_eval = heap_->LoadSmi(object, layout.script_flags, &flags) && (flags & 1) != 0;
  if (!heap_->LoadSmi(object, layout.script_id, &script->id)) script->id = 0;
  return true;
}

const Script* ScriptTable::Find(Tagged object) {
  const Slot* slot = FindSlot(object);
  return slot == nullptr ? nullptr : &slot->script;
}

bool ScriptTable::Locate(Tagged object, int32_t script_offset, int32_t* line, int32_t* column) {
  const Layout& layout = heap_->layout();
  Slot* slot = FindSlot(object);
  if (slot == nullptr || script_offset < 0) return false;
  object = slot->script.object;
  int32_t first_line = 0;
  int32_t first_column = 0;
  if (!heap_->LoadSmi(object, layout.script_line_offset, &first_line)) return false;
  if (!heap_->LoadSmi(object, layout.script_column_offset, &first_column)) return false;
  if (!LocateInLineEnds(object, script_offset, line, column) &&
      !LocateByCounting(slot, static_cast<uint32_t>(script_offset), line, column)) {
    return false;
  }
  // Only the first line starts elsewhere than at its beginning.
  *column += 1 + (*line == 0 ? first_column : 0);
  *line += 1 + first_line;
  return true;
}

// V8 makes this array on the first request for a line of the script.
bool ScriptTable::LocateInLineEnds(Tagged script, int32_t offset, int32_t* line, int32_t* column) const {
  Tagged ends;
  if (!heap_->Load(script, heap_->layout().script_line_ends, &ends)) return false;
  if (!heap_->Is(&ends, heap_->layout().type_fixed_array)) return false;
  const int32_t count = heap_->LengthOf(ends);
  int32_t low = 0;
  int32_t high = count;
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    int32_t end = 0;
    if (!heap_->LoadSmiElement(ends, middle, &end)) return false;
    if (end < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  int32_t end_before = -1;
  if (low >= count || (low > 0 && !heap_->LoadSmiElement(ends, low - 1, &end_before))) return false;
  *line = low;
  *column = offset - end_before - 1;
  return true;
}

bool ScriptTable::LoadSource(Slot* slot) {
  if (slot->has_source) return true;
  Tagged source;
  if (!heap_->Load(slot->script.object, heap_->layout().script_source, &source)) return false;
  slot->has_source = strings_->Flatten(source, &slot->source);
  return slot->has_source;
}

bool ScriptTable::SourceOf(Tagged object, FlatString* source) {
  Slot* slot = FindSlot(object);
  if (slot == nullptr || !LoadSource(slot)) return false;
  *source = slot->source;
  return true;
}

bool ScriptTable::LocateByCounting(Slot* slot, uint32_t offset, int32_t* line, int32_t* column) {
  if (!LoadSource(slot) || offset > slot->source.length) return false;
  MoveNear(offset, slot);
  if (!CountTo(slot, offset)) return false;
  const Counted& counted = slot->counted;
  // Only the next character shows whether a carriage return ends a line.
  const bool at_line_start = counted.previous == kCarriageReturn && !IsLineFeed(slot->source, offset);
  *line = counted.line + (at_line_start ? 1 : 0);
  *column = at_line_start ? 0 : static_cast<int32_t>(offset - counted.line_start);
  return true;
}

// Moves to the last known place at or before `offset`.
void ScriptTable::MoveNear(uint32_t offset, Slot* slot) const {
  if (offset >= slot->counted.at && offset - slot->counted.at < kMarkEvery) return;
  if (offset < slot->counted.at) slot->counted = Counted();
  for (int i = 0; i < mark_count_; ++i) {
    const Mark& mark = marks_[i];
    if (mark.script != slot->script.object || mark.counted.at > offset) continue;
    if (mark.counted.at > slot->counted.at) slot->counted = mark.counted;
  }
}

void ScriptTable::MarkPlace(const Slot& slot) {
  if (mark_count_ < kMaxMarks) marks_[mark_count_++] = {slot.script.object, slot.counted};
}

bool ScriptTable::IsLineFeed(const FlatString& source, uint32_t index) const {
  uint16_t unit = 0;
  if (index >= source.length) return false;
  return heap_->memory().Read(source.AddressOf(index), &unit, source.one_byte ? 1 : 2) && unit == kLineFeed;
}

bool ScriptTable::CountTo(Slot* slot, uint32_t offset) {
  const FlatString& source = slot->source;
  Counted& counted = slot->counted;
  const uint32_t per_chunk = kChunkBytes / (source.one_byte ? 1 : 2);
  static_assert(kMarkEvery % kChunkBytes == 0, "chunks end at marks");
  while (counted.at < offset) {
    const uint32_t count = std::min(per_chunk - counted.at % per_chunk, offset - counted.at);
    counted_chars_ += count;
    if (counted_chars_ > kMaxCountedChars) return false;
    const size_t bytes = source.one_byte ? count : size_t{count} * 2;
    if (!heap_->memory().Read(source.AddressOf(counted.at), chunk_, bytes)) return false;
    CountChars(source.one_byte, chunk_, count, &counted);
    if (counted.at % kMarkEvery == 0) MarkPlace(*slot);
  }
  return true;
}

void ScriptTable::CountChars(bool one_byte, const uint8_t* chars, uint32_t count, Counted* counted) {
  for (uint32_t i = 0; i < count; ++i) {
    uint16_t unit = chars[i];
    if (!one_byte) std::memcpy(&unit, chars + 2 * size_t{i}, sizeof unit);
    if (counted->previous == kCarriageReturn && unit != kLineFeed) {
      ++counted->line;
      counted->line_start = counted->at;
    }
    if (unit == kLineFeed || unit == kLineSeparator || unit == kParagraphSeparator) {
      ++counted->line;
      counted->line_start = counted->at + 1;
    }
    counted->previous = unit;
    ++counted->at;
  }
}

}  // namespace gmr::vm

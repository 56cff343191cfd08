#include "source_window.h"

#include <algorithm>
#include <cstring>

namespace gmr::vm {

namespace {

constexpr char16_t kLineFeed = '\n';
constexpr char16_t kCarriageReturn = '\r';
constexpr char16_t kLineSeparator = 0x2028;
constexpr char16_t kParagraphSeparator = 0x2029;

bool IsLowSurrogate(char16_t unit) { return (unit & 0xfc00) == 0xdc00; }

bool IsBreak(char16_t unit, char16_t next) {
  return unit == kLineFeed || unit == kLineSeparator || unit == kParagraphSeparator ||
         (unit == kCarriageReturn && next != kLineFeed);
}

}  // namespace

bool LoadUnits(platform::MemoryReader* memory, const FlatString& source, uint32_t begin, uint32_t count,
               char16_t* units) {
  if (!source.one_byte) return memory->Read(source.AddressOf(begin), units, size_t{count} * 2);
  // Widened in place, from the end.
  auto* bytes = reinterpret_cast<uint8_t*>(units);
  if (!memory->Read(source.AddressOf(begin), bytes, count)) return false;
  for (uint32_t i = count; i-- > 0;) {
    const char16_t unit = bytes[i];
    std::memcpy(bytes + size_t{i} * 2, &unit, sizeof unit);
  }
  return true;
}

bool SourceWindow::Read(platform::MemoryReader* memory, const FlatString& source, uint32_t position) {
  if (position > source.length) return false;
  position_ = position;
  first_ = position - std::min(position, kMaxUnits);
  last_ = position + std::min(source.length - position, kMaxUnits);
  if (!LoadUnits(memory, source, first_, last_ - first_, units_)) return false;
  line_start_ = position;
  while (line_start_ > first_ && !EndsLine(line_start_ - 1)) --line_start_;
  begin_ = line_start_;
  knows_line_start_ = line_start_ > first_ || first_ == 0;
  end_ = position;
  while (end_ < last_ && !IsBreak(At(end_), 0)) ++end_;
  is_cut_ = end_ == last_ && last_ < source.length;
  FindBounds(position);
  return true;
}

bool SourceWindow::EndsLine(uint32_t index) const {
  return IsBreak(At(index), index + 1 < last_ ? At(index + 1) : 0);
}

// Narrows what is known of the line to what is shown.
void SourceWindow::FindBounds(uint32_t position) {
  if (end_ - begin_ > kMaxUnits) {
    const uint32_t line_end = end_;
    const uint32_t wanted = position - std::min(position, kMaxUnits / 2);
    begin_ = std::clamp(wanted, begin_, end_ - kMaxUnits);
    end_ = begin_ + kMaxUnits;
    is_cut_ = is_cut_ || end_ < line_end;
  }
  if (begin_ < end_ && begin_ > 0 && IsLowSurrogate(At(begin_))) ++begin_;
  if (begin_ < end_ && end_ < last_ && IsLowSurrogate(At(end_))) --end_;
  // A position between the two characters that end a line.
  if (begin_ < end_ && At(end_ - 1) == kCarriageReturn) --end_;
}

uint32_t SourceWindow::Before(uint32_t count) const {
  const uint32_t from = std::max(line_start_, position_ - std::min(position_, count));
  return from < position_ && IsLowSurrogate(At(from)) ? from + 1 : from;
}

bool SourceWindow::Equals(const SourceWindow& other) const {
  return first_ == other.first_ && last_ == other.last_ &&
         std::equal(units_, units_ + (last_ - first_), other.units_);
}

bool CountLineBreaks(platform::MemoryReader* memory, const FlatString& source, uint32_t begin, uint32_t end,
                     int32_t* breaks) {
  constexpr uint32_t kChunk = 512;
  char16_t units[kChunk + 1];
  *breaks = 0;
  for (uint32_t at = begin; at < end; at += kChunk) {
    const uint32_t count = std::min(kChunk, end - at);
    // One more, since only the next one shows whether a carriage return ends a line.
    const uint32_t more = at + count < source.length ? 1 : 0;
    units[count] = 0;
    if (!LoadUnits(memory, source, at, count + more, units)) return false;
    for (uint32_t i = 0; i < count; ++i) *breaks += IsBreak(units[i], units[i + 1]) ? 1 : 0;
  }
  return true;
}

}  // namespace gmr::vm

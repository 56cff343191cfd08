// SourceWindow: the code units of a source around one position, and where their line begins and ends.
//
// Owns:        a copy of some hundred code units.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    plain object.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SOURCE_WINDOW_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SOURCE_WINDOW_H_

#include <cstdint>

#include "raw_strings.h"

namespace gmr::vm {

class SourceWindow {
 public:
  // The most code units of a line that a report shows.
  static constexpr uint32_t kMaxUnits = 200;

  // False: not readable, or the position is not in the source.
  bool Read(platform::MemoryReader* memory, const FlatString& source, uint32_t position);

  // The part of the line to be shown: all of it, or what is around the position. No surrogate pair is cut.
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return end_; }
  bool is_cut() const { return is_cut_; }

  // Where the line begins, if that is not further ahead than was looked.
  bool knows_line_start() const { return knows_line_start_; }
  uint32_t line_start() const { return line_start_; }
  // The first of at most `count` code units before the position that are on its line.
  uint32_t Before(uint32_t count) const;

  // Whether all that was read is the same.
  bool Equals(const SourceWindow& other) const;

 private:
  char16_t At(uint32_t index) const { return units_[index - first_]; }
  bool EndsLine(uint32_t index) const;
  void FindBounds(uint32_t position);

  char16_t units_[2 * kMaxUnits];
  uint32_t first_ = 0;  // index in the source of units_[0]
  uint32_t last_ = 0;   // exclusive
  uint32_t position_ = 0;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  uint32_t line_start_ = 0;  // else the first code unit that was read
  bool knows_line_start_ = false;
  bool is_cut_ = false;
};

// All of these code units, or nothing. False: not readable.
bool LoadUnits(platform::MemoryReader* memory, const FlatString& source, uint32_t begin, uint32_t count,
               char16_t* units);

// Line breaks from `begin` on and before `end`. False: not readable.
bool CountLineBreaks(platform::MemoryReader* memory, const FlatString& source, uint32_t begin, uint32_t end,
                     int32_t* breaks);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SOURCE_WINDOW_H_

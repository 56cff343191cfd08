// RowReader: recognises what an AsyncLocalStorage holds by a row of the table, and reads the row's values.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    that of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_ROW_READER_H_
#define GMR_NATIVE_IMAGE_CONTEXT_ROW_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/unmasked.h"
#include "context_path.h"
#include "context_rows.h"

namespace gmr::vm {

// The values of one object, in room of a fixed size: it is filled while a thread is held.
struct FoundRow {
  static constexpr size_t kMaxText = 128;

  struct Value {
    PrimitiveKind kind = PrimitiveKind::kNone;  // kNone: the path leads to no primitive value
    char text[kMaxText] = {};
  };

  int row = -1;  // its index in the table; -1: nothing was recognised
  Value values[ContextRow::kMaxValues];

  // Objects with the same identity belong together. Never 0.
  uint64_t Identity() const;
  // Whether this object is older than another of the same row. One whose age is unknown is not.
  bool IsOlderThan(const FoundRow& other, const ContextRow& by) const;
};

// The same as plain data for a report.
struct DescribedRow {
  struct Value {
    std::string path;
    PrimitiveKind kind = PrimitiveKind::kNone;
    platform::Unmasked text;
  };

  int row = -1;
  std::vector<Value> values;
};
DescribedRow Describe(const FoundRow& found, const ContextRows& rows);

class RowReader {
 public:
  RowReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : paths_(heap, layout, strings) {}

  // By the first row that fits. False: none does.
  bool Read(Tagged store, const ContextRows& rows, FoundRow* found) const;

 private:
  bool ReadRow(Tagged store, const ContextRow& row, FoundRow* found) const;

  ContextPathReader paths_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_ROW_READER_H_

// ContextRows: objects in an AsyncLocalStorage that are recognised without configuration, and which values
// describe them.
//
// Owns:        its strings.
// Threads:     made by one thread, then read by any.
// Signal-safe: no: allocates. Reading them: yes.
// Lifetime:    plain value.
//
// The table is generated from src/context and is one of the comments in front of the formatter's bundle. A
// row is a name, the path from what a storage holds to the object that is described, and then paths from
// there (context_path.h):
//
//   opentelemetry <TAB> _currentContext.@SPAN <TAB> =_spanContext.traceId <TAB> <startTime.0 <TAB> name
//
// `=` marks required values; objects with the same first required value belong together. `<` marks the
// numbers that determine which object is the oldest, the most significant first.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_ROWS_H_
#define GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_ROWS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "context_path.h"

namespace gmr::vm {

struct RowValue {
  ContextPath path;
  bool is_required = false;
  bool is_age = false;
};

struct ContextRow {
  static constexpr size_t kMaxValues = 8;

  std::string name;
  ContextPath holder;
  std::vector<RowValue> values;
};

class ContextRows {
 public:
  // Malformed rows are omitted.
  static ContextRows Parse(std::string_view text);
  // Reads the rows from the comment that begins with "/*gmr-context" and a line end, among the comments at
  // the start of a bundle. If there is no such comment, there are no rows.
  static ContextRows FromBundle(std::string_view source);

  const std::vector<ContextRow>& rows() const { return rows_; }

 private:
  std::vector<ContextRow> rows_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_ROWS_H_

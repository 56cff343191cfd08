// BundleTable: the tables that the build puts in front of the formatter's bundle.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    that of the source.
#ifndef GMR_NATIVE_IMAGE_VALUES_BUNDLE_TABLE_H_
#define GMR_NATIVE_IMAGE_VALUES_BUNDLE_TABLE_H_

#include <string_view>

namespace gmr::vm {

// The bundle begins with comments, one for each table: `/*gmr-<title>`, a line end, the rows, `*/`. Returns
// the rows; empty if there is no table with this title.
inline std::string_view BundleTable(std::string_view source, std::string_view title) {
  constexpr std::string_view kBegin = "/*gmr-";
  constexpr std::string_view kEnd = "*/";
  while (source.starts_with(kBegin)) {
    source.remove_prefix(kBegin.size());
    const size_t end = source.find(kEnd);
    if (end == source.npos) break;
    const std::string_view table = source.substr(0, end);
    if (table.starts_with(title) && table.substr(title.size()).starts_with('\n'))
      return table.substr(title.size() + 1);
    source.remove_prefix(end + kEnd.size());
    if (source.starts_with('\n')) source.remove_prefix(1);
  }
  return {};
}

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_BUNDLE_TABLE_H_

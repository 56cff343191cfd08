// TakePart: splits a text.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    that of the text.
#ifndef GMR_NATIVE_BASE_SPLIT_TEXT_H_
#define GMR_NATIVE_BASE_SPLIT_TEXT_H_

#include <algorithm>
#include <string_view>

namespace gmr::platform {

// The text up to `separator`, or all of it. Both are removed from `*rest`.
inline std::string_view TakePart(std::string_view* rest, char separator) {
  const size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_SPLIT_TEXT_H_

// Which pages PageFilter says have a word, of memory that was made for it.
//
// Owns:        the memory, for the time of the call.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    a plain call.
#ifndef GMR_TEST_NATIVE_GREEN_PAGE_FILTER_CHECKS_H_
#define GMR_TEST_NATIVE_GREEN_PAGE_FILTER_CHECKS_H_

#include <cstdint>
#include <vector>

namespace gmr::test {

struct FilteredPages {
  bool in_time = false;
  std::vector<uint32_t> found;
  uint32_t noted = 0;
};

// Of `count` pages those of `marked` have the word, in their last place; `unreadable` is none's.
FilteredPages FilterPages(uint32_t count, const std::vector<uint32_t>& marked, uint32_t unreadable,
                          int64_t deadline_ns);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_GREEN_PAGE_FILTER_CHECKS_H_

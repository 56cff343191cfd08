// DeadWords on a page that is made for it.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_TEST_NATIVE_GREEN_DEAD_WORDS_CHECKS_H_
#define GMR_TEST_NATIVE_GREEN_DEAD_WORDS_CHECKS_H_

#include <cstdint>
#include <vector>

namespace gmr::test {

// The words that are in no object, of a page of 32: a free block of 6 words begins at word 4, and in it there
// is the header of an older one of 8; words 12 and 20 look like headers of blocks, but what follows the first
// has no map, and what follows the second is no object; and new objects end at word 28, unless the page is
// not that of the newest ones.
std::vector<uint32_t> DeadWordsOf(bool is_newest);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_GREEN_DEAD_WORDS_CHECKS_H_

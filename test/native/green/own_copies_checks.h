// Whether copies of heap pages that a MemoryReader makes are taken for pages of the heap.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_TEST_NATIVE_GREEN_OWN_COPIES_CHECKS_H_
#define GMR_TEST_NATIVE_GREEN_OWN_COPIES_CHECKS_H_

#include <cstdint>

#include "../../../native/image/green/green_threads.h"

namespace gmr::test {

struct OwnCopies {
  uint32_t placed = 0;  // at addresses where pages may be
  uint32_t listed = 0;
};

// Makes a copy, and moves it to such an address.
OwnCopies FindOwnCopies(const vm::GreenThreadHeap& heap);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_GREEN_OWN_COPIES_CHECKS_H_

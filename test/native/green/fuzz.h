// Fuzz: dumps a good heap with wrong layouts.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_TEST_NATIVE_GREEN_FUZZ_H_
#define GMR_TEST_NATIVE_GREEN_FUZZ_H_

#include "../../../native/image/green/green_threads.h"

namespace gmr::test {

struct FuzzResult {
  int runs = 0;
  uint64_t groups = 0;
  double slowest_ms = 0;
  uint32_t slowest_run = 0;
};

FuzzResult FuzzGreenThreads(const vm::GreenThreadHeap& prepared, uint32_t seed, int runs);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_GREEN_FUZZ_H_

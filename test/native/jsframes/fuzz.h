// Fuzz: decodes a good stack with wrong layouts.
//
// Owns:        nothing.
// Threads:     any but the one whose stack it is.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_TEST_NATIVE_JSFRAMES_FUZZ_H_
#define GMR_TEST_NATIVE_JSFRAMES_FUZZ_H_

#include "decoder.h"

namespace gmr::test {

struct FuzzResult {
  int runs = 0;
  uint64_t frames = 0;
  double slowest_ms = 0;
};

FuzzResult FuzzLayout(const Start& start, const vm::CodeRanges& ranges, uint32_t seed, int runs);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_JSFRAMES_FUZZ_H_

// Feeds the unwinder and the parsers with nonsense. To be right is not asked of
// them here: they must return, and neither crash nor hang.
//
// Owns:        nothing between calls.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions. The same seed makes the same run.
#ifndef GMR_TEST_NATIVE_UNWIND_FUZZ_H_
#define GMR_TEST_NATIVE_UNWIND_FUZZ_H_

#include <cstdint>

#include "walks.h"

namespace gmr::test {

struct FuzzOutcome {
  int runs = 0;
  int steps = 0;  // frames that were stepped over
  double longest_ms = 0;
};

// Random registers, in real modules and anywhere.
FuzzOutcome FuzzRegisters(Preparation* preparation, int runs, uint64_t seed);

// A real unwind table with random bytes changed.
FuzzOutcome FuzzTables(Preparation* preparation, int runs, uint64_t seed);

// Random text for the parsers of /proc and the demangler; random system calls and arguments in words.
FuzzOutcome FuzzTexts(Preparation* preparation, int runs, uint64_t seed);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_UNWIND_FUZZ_H_

// What the product's calls are led through, so that a test can see them or spoil them.
//
// Owns:        switches.
// Threads:     the listener is called on the thread that reads.
// Signal-safe: no.
// Lifetime:    of the process.
#ifndef GMR_TEST_NATIVE_TRUTH_WRAPS_H_
#define GMR_TEST_NATIVE_TRUTH_WRAPS_H_

#include <cstdint>

#include "../../../native/image/green/green_threads.h"

namespace gmr::test {

class LookListener {
 public:
  virtual ~LookListener() = default;
  // Before anything of the isolate is read.
  virtual void OnPrepare(platform::Address isolate, platform::Address heap) = 0;
  virtual void OnCapture(platform::Address heap) = 0;
  // What a look that was accepted would say.
  virtual void OnTake(const vm::GreenThreads& found) = 0;
};

// Set before anything is read.
struct Wraps {
  LookListener* listener = nullptr;
  // Shows what was found while the thread ran as if it had been at rest: nothing is proved.
  bool is_unproved = false;
  // No collection is noticed.
  bool is_unwatched = false;
};
extern Wraps wraps;

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_TRUTH_WRAPS_H_

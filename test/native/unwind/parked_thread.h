// Where the kernel says that a thread is while the product holds it, and after.
//
// Owns:        one thread that spins, for the time of the call.
// Threads:     any, one at a time: there is one slot to park a thread in.
// Signal-safe: no.
// Lifetime:    a plain call.
#ifndef GMR_TEST_NATIVE_UNWIND_PARKED_THREAD_H_
#define GMR_TEST_NATIVE_UNWIND_PARKED_THREAD_H_

namespace gmr::test {

struct ParkedPlaces {
  int parked = 0;   // how often the thread took the signal
  int went_on = 0;  // how often it ran again after it was released, before a parked thread gives up
  int blocked_while_held = 0;  // how often it was told as blocked
  int blocked_after = 0;       // likewise, between its release and its next step
};

ParkedPlaces WatchParkedThread(int times);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_UNWIND_PARKED_THREAD_H_

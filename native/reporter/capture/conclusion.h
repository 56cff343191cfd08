// Conclusion: what a report says of an isolate, after it answered or did not.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_CONCLUSION_H_
#define GMR_NATIVE_REPORTER_CAPTURE_CONCLUSION_H_

#include <cstdint>

#include "../../v8/stack_reader.h"
#include "subject.h"

namespace gmr::reporter {

// Fills the photo of `subject`, of which nothing is pending afterwards. `stopped`: the process is exiting.
void Conclude(int64_t asked_at_ns, bool stopped, Subject* subject);

// When native frames were looked for: sets the state of a worker that sleeps in Atomics.wait, as those of
// pools do while there is no work for them.
void ConcludeWaiting(IsolatePhoto* photo);

// Says of a thread what it was blocked in when its stack was read.
void SetBlocked(const vm::ReadStack& read, ThreadPhoto* os);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_CONCLUSION_H_

// AtomicsWait: recognises threads that sleep in Atomics.wait, of JavaScript or WebAssembly.
//
// Owns:        the places of the futexes that such threads were found to sleep on.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose: the reporter thread uses it while exit() runs.
//
// A stack that was read from memory shows it for certain. V8 keeps the condition variable of such a thread in
// its isolate, always at the same place, so after the first stack the address of the futex is enough.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_ATOMICS_WAIT_H_
#define GMR_NATIVE_REPORTER_CAPTURE_ATOMICS_WAIT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "../../v8/stack_reader.h"

namespace gmr::reporter {

class AtomicsWait {
 public:
  static AtomicsWait& Get();
  AtomicsWait(const AtomicsWait&) = delete;
  AtomicsWait& operator=(const AtomicsWait&) = delete;

  // Whether the futex is known. Costs nothing; false proves nothing.
  bool Knows(platform::Address isolate, uint64_t futex) const;

  // Whether the thread sleeps there now. Its stack is read when the futex is not known; false when it cannot
  // be.
  bool Has(const vm::ThreadToRead& thread, const std::function<vm::StackReader&()>& reader);

 private:
  AtomicsWait() = default;

  std::vector<uint64_t> offsets_;  // of known futexes, from the address of their isolate
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_ATOMICS_WAIT_H_

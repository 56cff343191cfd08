// SuspendedObject: an async function, a generator or a handler of then() that waits, as its own words say.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    plain values; the addresses are valid until the heap changes.
#ifndef GMR_NATIVE_IMAGE_SCAN_SUSPENDED_OBJECT_H_
#define GMR_NATIVE_IMAGE_SCAN_SUSPENDED_OBJECT_H_

#include <cstdint>

#include "../objects/tagged.h"

namespace gmr::vm {

enum class SuspendedKind : uint8_t {
  kAsyncFunction,
  kAsyncGenerator,
  kDrivenGenerator,  // a plain one that a compiler's helper drives, as TypeScript's __awaiter
  kCallback,         // given to then(): it has not been called yet
  kHeldCallback,     // likewise held by another object that will call it
};

// Only the function is known, not where in it.
inline constexpr int32_t kUnknownPosition = -1;

inline constexpr bool IsCallback(SuspendedKind kind) {
  return kind == SuspendedKind::kCallback || kind == SuspendedKind::kHeldCallback;
}

struct SuspendedObject {
  Tagged object;  // of a callback: the reaction of the promise that has it, or the object that holds it
  Tagged function;
  Tagged receiver;  // `this`; of a held callback what refers to it
  // Of an async function; of an async generator the first of its requests; of a callback the promise that
  // then() returned, if something waits for it.
  Tagged result;
  int32_t position = -1;
  SuspendedKind kind = SuspendedKind::kAsyncFunction;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_SUSPENDED_OBJECT_H_

// SuspendedObject: an async function or generator that waits, as its own words say.
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
};

// Only the function is known, not where in it.
inline constexpr int32_t kUnknownPosition = -1;

struct SuspendedObject {
  Tagged object;
  Tagged function;
  Tagged receiver;  // `this`
  // Of an async function; of an async generator the first of its requests.
  Tagged result;
  int32_t position = -1;
  SuspendedKind kind = SuspendedKind::kAsyncFunction;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_SUSPENDED_OBJECT_H_

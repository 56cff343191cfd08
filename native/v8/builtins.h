// Where V8's builtins are in this process.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    function. The result is the same for all isolates of a process.
#ifndef GMR_NATIVE_V8_BUILTINS_H_
#define GMR_NATIVE_V8_BUILTINS_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>

#include "../image/stack/code_ranges.h"
#include "../process/self_memory.h"

namespace gmr::vm {

// Where `isolate` has its builtins, for FillCodeRanges().
inline BuiltinsBlob BuiltinsOf(v8::Isolate* isolate) {
  const void* start = nullptr;
  size_t bytes = 0;
  isolate->GetEmbeddedCodeRange(&start, &bytes);
  const platform::Address begin = platform::OwnAddress(start);
  return {begin, begin + bytes};
}

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_BUILTINS_H_

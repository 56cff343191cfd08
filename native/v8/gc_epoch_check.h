// GcEpochCheck: whether the epochs of garbage collections that are read from memory can be trusted.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_V8_GC_EPOCH_CHECK_H_
#define GMR_NATIVE_V8_GC_EPOCH_CHECK_H_

#include <v8.h>

#include <cstdint>
#include <string>

#include "../image/scan/gc_epoch.h"

namespace gmr::vm {

// Makes a garbage collection and checks that both counters and the state show it. Returns "" on success,
// otherwise why the epochs cannot be trusted. Takes some milliseconds; call it for an isolate of ours only.
std::string CheckGcEpoch(v8::Isolate* isolate, const HeapLayout& layout, platform::Address heap);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_GC_EPOCH_CHECK_H_

// ContinuationCalibration: where an isolate keeps the context of the code that runs.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    function.
//
// V8 calls it continuation-preserved embedder data. Node keeps the frame of its AsyncLocalStorages there.
#ifndef GMR_NATIVE_V8_CONTINUATION_CALIBRATION_H_
#define GMR_NATIVE_V8_CONTINUATION_CALIBRATION_H_

#include <v8.h>

#include <cstdint>

#include "../image/objects/tagged.h"

namespace gmr::vm {

// Offset in the isolate; -1: this V8 does not keep it there, or it was not found for certain.
int32_t FindContinuationData(v8::Isolate* isolate, const HeapReader& heap);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_CONTINUATION_CALIBRATION_H_

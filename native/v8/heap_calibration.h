// HeapCalibration: finds out where this isolate keeps the fields of suspended functions.
//
// Owns:        nothing.
// Threads:     the isolate's own, in a callback from JavaScript.
// Signal-safe: no: allocates, also on V8's heap.
// Lifetime:    the result is valid as long as the isolate.
//
// Runs a script (known_objects.h) and looks for each known value in the objects
// that must hold it. What is found in no place, or in two, makes the whole
// result unusable: an unknown V8 leads to a reason, not to wrong stacks.
#ifndef GMR_NATIVE_V8_HEAP_CALIBRATION_H_
#define GMR_NATIVE_V8_HEAP_CALIBRATION_H_

#include <v8.h>

#include <string>

#include "../image/objects/heap_layout.h"
#include "known_objects.h"

namespace gmr::vm {

struct HeapCalibration {
  HeapLayout layout;
  HeapAnchors anchors;
  // "": usable. Else what was not found, for people.
  std::string problem;
};

// Takes about two milliseconds. `known` must have been made just before, in the
// open handle scope.
HeapCalibration CalibrateHeap(v8::Isolate* isolate, const Layout& layout, const KnownObjects& known);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_CALIBRATION_H_

// PageCalibration: how this V8 marks the memory pages of its heap.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no: allocates one object on V8's heap.
// Lifetime:    function.
#ifndef GMR_NATIVE_V8_PAGE_CALIBRATION_H_
#define GMR_NATIVE_V8_PAGE_CALIBRATION_H_

#include <v8.h>

#include "../image/objects/heap_layout.h"
#include "known_objects.h"

namespace gmr::vm {

// Finds the fields of a page's header, the address of the isolate's heap in it,
// and the map of free blocks. False: pages are not as in any known V8.
bool CalibratePages(v8::Isolate* isolate, const HeapReader& heap, const KnownObjects& known,
                    HeapLayout* layout, HeapAnchors* anchors);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_PAGE_CALIBRATION_H_

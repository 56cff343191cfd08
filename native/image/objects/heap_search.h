// HeapSearch: finds the heap of an isolate in the memory of its process.
//
// Owns:        nothing.
// Threads:     any: it only reads memory.
// Signal-safe: no.
// Lifetime:    function.
//
// v8::internal::Heap is a member of Isolate, but how far behind its start differs between the releases of one
// minor version of V8. Each page of a heap has the heap's address.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_SEARCH_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_SEARCH_H_

#include <cstdint>

#include "../../process/proc_maps.h"
#include "heap_layout.h"

namespace gmr::vm {

// HeapAnchors::heap: the address in the isolate that most pages have, if several have it. 0: not found.
platform::Address FindHeapOf(platform::Address isolate, const HeapLayout& layout,
                             const platform::ProcMaps& maps, platform::MemoryReader* memory);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_SEARCH_H_

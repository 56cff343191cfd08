// ReadBoundFunction: what Function.prototype.bind() kept.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    function.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_BOUND_FUNCTION_H_
#define GMR_NATIVE_IMAGE_OBJECTS_BOUND_FUNCTION_H_

#include "heap_layout.h"
#include "tagged.h"

namespace gmr::vm {

struct BoundFunction {
  Tagged target;  // a function, which may be a bound one too
  Tagged receiver;
  Tagged arguments;  // a FixedArray, often the empty one
};

// False: `object` is not a bound function, or this V8 keeps it in an unknown way.
inline bool ReadBoundFunction(const HeapReader& heap, const HeapLayout& layout, Tagged object,
                              BoundFunction* bound) {
  if (layout.bound_target < 0 || layout.bound_receiver < 0 || layout.bound_arguments < 0) return false;
  return heap.Is(&object, layout.type_bound_function) &&
         heap.Load(object, layout.bound_target, &bound->target) &&
         heap.Load(object, layout.bound_receiver, &bound->receiver) &&
         heap.Load(object, layout.bound_arguments, &bound->arguments) && heap.IsArray(&bound->arguments);
}

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_BOUND_FUNCTION_H_

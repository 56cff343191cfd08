// LongString: reads a large string of V8's while its isolate may run.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    function.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_LONG_STRING_H_
#define GMR_NATIVE_IMAGE_OBJECTS_LONG_STRING_H_

#include <functional>
#include <string_view>

#include "../../process/memory_source.h"
#include "../text/code_text.h"

namespace gmr::vm {

// Hands over the string in UTF-8, piece by piece, until `feed` returns false. False: not all of it was handed
// over, or V8 has freed the string or changed it meanwhile; then the pieces must be discarded.
bool ReadLongString(platform::MemorySource* source, const LongString& string,
                    const std::function<bool(std::string_view)>& feed);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_LONG_STRING_H_

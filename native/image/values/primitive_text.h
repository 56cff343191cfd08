// PrimitiveText: a primitive value as text, as JavaScript prints it.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    that of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_VALUES_PRIMITIVE_TEXT_H_
#define GMR_NATIVE_IMAGE_VALUES_PRIMITIVE_TEXT_H_

#include <cstddef>
#include <cstdint>

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../objects/tagged.h"

namespace gmr::vm {

// kNone: not readable, undefined, or an object.
enum class PrimitiveKind : uint8_t { kNone, kString, kNumber, kBoolean, kNull };

// Writes at most `capacity` bytes, including the final 0; a longer string is cut and ends in "...".
PrimitiveKind PrimitiveText(const HeapReader& heap, const HeapLayout& layout, const RawStrings& strings,
                            Tagged value, char* text, size_t capacity);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_PRIMITIVE_TEXT_H_

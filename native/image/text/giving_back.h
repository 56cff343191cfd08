// MayStillHave: whether a function that waits may still have what it has in a variable, by its source.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    a function of plain values.
//
// A variable keeps a client or a lock after it was given back. The source is not run, so that the words for
// giving back have to tell: a function that has something mentions giving back behind the place where it
// waits, and not in front of it. In a loop, what is behind that place came before it in the last round:
// unless the loop takes it between its beginning and that place.
#ifndef GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_
#define GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

#include <cstddef>
#include <string_view>

namespace gmr::vm {

// `source`: of a function, as V8 has its bounds; `offset`: of the place in it. False where it is not sure.
bool MayStillHave(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

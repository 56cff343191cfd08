// MayStillHave: whether a suspended function may still have what is in its variable, judged by its source.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    a function of plain values.
//
// A variable keeps a client or a lock after that was given back. Only words in the source can tell: a
// function that still has something mentions giving back after the place where it waits, and not before it.
// In a loop, what is after that place also ran before it, in the previous iteration, so the loop must take
// the thing between its beginning and that place.
#ifndef GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_
#define GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

#include <cstddef>
#include <string_view>

namespace gmr::vm {

// `source`: that of the function, within V8's bounds; `offset`: the place in `source`. False if in doubt.
bool MayStillHave(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

// Why what a promise waits for is not known.
//
// Owns:        constants.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    constants. docs/troubleshooting.md explains each.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_REASONS_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_REASONS_H_

#include <cstdint>

#include "wait_nodes.h"

namespace gmr::vm {

struct CutName {
  uint8_t bit;
  const char* text;
};
constexpr CutName kCutNames[] = {
    {kCutTime, "the time for it was used up"},
    {kCutMany, "there was too much to look at"},
    {kCutPages, "a part of the heap could not be read"},
    {kCutPopular, "too many objects refer to what is on the way"},
    {kCutUnseen, "what is on the way was not recognised"},
    {kCutText, "what a function does with what it has is not known"},
    {kCutLibrary, "how a library settles its promise is not known"},
};

constexpr const char* kGoesOn = "nothing: it is about to go on";
// After a complete search. With a limit behind it:
constexpr const char* kNothing = "a promise that nothing in the heap can resolve any more";
// And alone.
constexpr const char* kNothingAtAll =
    "a promise that nothing in the heap can resolve any more (only running or native code could)";
// Behind a function that would settle it, if one is left.
constexpr const char* kUncalled =
    ", which nothing in the heap can call any more (only running or native code could)";
// The same where something may have been overlooked.
constexpr const char* kCallerNotFound = ", and what would call it was not found";

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_REASONS_H_

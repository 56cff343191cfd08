// CallArguments: whether a function is an argument of a call, judged by the source in front of it.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    a function of plain values.
//
// V8 gives a function without a name that of what it is assigned to. From the arguments of a call it
// withdraws such a name, but not always, and never from those of `new`: in `const answer = await new
// Promise((resolve) =>
// ...)`, the executor is `answer` for V8.
#ifndef GMR_NATIVE_IMAGE_TEXT_CALL_ARGUMENTS_H_
#define GMR_NATIVE_IMAGE_TEXT_CALL_ARGUMENTS_H_

#include <string_view>

namespace gmr::vm {

// `before`: what precedes the parameters of a function without a name, from the beginning of the script or
// from any place in it. The source is read backwards, so that strings and comments are only guessed. True
// also if neither an assignment nor the call was found.
bool IsArgument(std::u16string_view before);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_CALL_ARGUMENTS_H_

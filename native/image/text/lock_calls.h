// LockCalls: what a suspended function is still to call on an object that it has taken.
//
// Owns:        plain values.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    a function of plain values.
//
// That is how locks are used that a program has written itself: `await lock.enter()`, then `lock.leave()` in
// a `finally`. Of a function that waits between the two, the first call behind the place where it waits is
// one that gives back, by its name, and no such call is before that place. What these calls do is not known
// here. A queue, a topic or a gate is used alike but for the name: `await queue.take()`, `queue.add(job)`.
//
// A call takes something if the function waited for it, and must have: one in an `if` that is over may not
// have run. One with an argument other than a number is not counted: it may be a key, and what was taken for
// one key is not what others want for another.
#ifndef GMR_NATIVE_IMAGE_TEXT_LOCK_CALLS_H_
#define GMR_NATIVE_IMAGE_TEXT_LOCK_CALLS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::vm {

struct LockCall {
  // `this.mutex` of `this.mutex.release()`: names of a variable, or `this`, and of properties. Empty:
  // `method` is a variable.
  std::vector<std::string> object;
  std::string method;
  // Methods that have taken it; functions in variables where `object` is empty. None: `method` is what was
  // handed out, as in `const done = await lock.enter()`.
  std::vector<std::string> taken;
};

// `source`: that of the function, within V8's bounds; `offset`: the place in `source`.
std::vector<LockCall> FindLockCalls(std::u16string_view source, size_t offset);

// The method, or the function in a variable, that the function called there and waits for: `enter` of
// `await lock.enter()`. Empty: none.
std::string FindAwaitedMethod(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_LOCK_CALLS_H_

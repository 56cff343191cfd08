// GivingBack: whether a suspended function may still have what it took, judged by its source.
//
// Owns:        plain values.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    a function of plain values.
//
// A variable keeps a client or a lock after that was given back. Only words in the source can tell: a
// function that still has something gives the same variable back after the place where it waits, and mentions
// no giving back before it. In a loop, what is after that place also ran before it, in the previous
// iteration, so the loop must take the thing between its beginning and that place.
#ifndef GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_
#define GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::vm {

struct GivingBack {
  // A method that gives back the object that it is called on: `client.release()`.
  struct Method {
    std::string name;
    // Different variables on which it is called after the place.
    size_t variables = 0;
  };

  // False: it has given everything back, or that is in doubt, and `by_argument` and `methods` are empty.
  bool may_have = false;
  // Something that it took is passed to what takes it back, as in `pool.release(client)`, or is called.
  bool by_argument = false;
  std::vector<Method> methods;
  // It passed something that it took to another function before the place, and never gives it back itself.
  bool gives_away = false;
  // Something else may give back what it took, as the timer of `setTimeout(release, 1500)` before the place.
  bool is_shared = false;
};

// `source`: that of the function, within V8's bounds; `offset`: the place in `source`.
GivingBack FindGivingBack(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_GIVING_BACK_H_

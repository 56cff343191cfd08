// TurnCalls: from which lists a function takes what waits in them, behind the place where it waits itself.
//
// Owns:        plain values.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    a function of plain values.
//
// A limiter that a program has written itself often does all in one function: those who must wait put
// themselves into a list, and each of the others, when it is done, takes the next one out of it. Only what is
// reached from the place counts: not what is in a `catch` or in another branch, nor what is behind a
// `return`.
#ifndef GMR_NATIVE_IMAGE_TEXT_TURN_CALLS_H_
#define GMR_NATIVE_IMAGE_TEXT_TURN_CALLS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::vm {

struct TurnName {
  std::string name;
  bool is_property = false;  // of the last object before it; else a variable
};

struct TurnCalls {
  // False only for a list of parameters that is empty.
  bool has_parameters = true;
  // Lists out of which it took what it waits for at the place: `job` of `const job = queue.shift(); await
  // job()`.
  std::vector<TurnName> handled;
  // `queue` of `this.queue.shift()`, `queue.pop()` or `for (const next of queue)`; of a loop around the
  // place, also before it.
  std::vector<TurnName> lists;
  // Functions that are called, where they may do it: `next()` or, as properties, `this.next()`.
  std::vector<TurnName> calls;
};

// `source`: that of the function, within V8's bounds; `offset`: the place in `source`, 0 for all of it.
TurnCalls FindTurnCalls(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_TURN_CALLS_H_

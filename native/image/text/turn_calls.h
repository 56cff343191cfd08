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
// `return`. What is done on a condition counts only for the lists that the condition mentions.
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
  // It is before the place, in a loop around it.
  bool is_repeated = false;
  // Whether it is done on conditions other than those that count something, and the names that occur in each
  // of them.
  bool is_conditional = false;
  std::vector<std::string> asked;

  // Whether it is done whenever a list of this name has an element.
  bool IsDoneFor(const std::string& list) const;
};

struct TurnCalls {
  // False only for a list of parameters that is empty.
  bool has_parameters = true;
  bool is_arrow = false;
  // It sets a variable or a property to a literal, changes a number, or deletes something.
  bool frees = false;
  // It waits at the place only on a condition that mentions a parameter, or on too many conditions.
  bool waits_by_parameter = false;
  // Lists out of which it took what it waits for at the place: `job` of `const job = queue.shift(); await
  // job()`.
  std::vector<TurnName> handled;
  // `queue` of `this.queue.shift()`, `queue.pop()` or `for (const next of queue) next()`.
  std::vector<TurnName> lists;
  // Functions that are called, where they may do it: `next()` or, as properties, `this.next()`.
  std::vector<TurnName> calls;
};

// `source`: that of the function, within V8's bounds; `offset`: the place in `source`, 0 for all of it.
TurnCalls FindTurnCalls(std::u16string_view source, size_t offset);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_TURN_CALLS_H_

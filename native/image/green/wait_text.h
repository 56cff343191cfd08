// WaitText: what a group waits for, as one line of English.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_

#include <string>
#include <vector>

#include "wait_result.h"

namespace gmr::vm {

// Functions at one place that have something that a resource handed out.
struct ResourceUser {
  uint32_t count = 0;
  // The `id` of the group that one of them is in, which says what it waits for.
  uint32_t group = 0;
  // Index of its frame in that group; -1: the frame is not shown.
  int frame = -1;
};

// How much of a resource is in use, and by whom.
struct ResourceUse {
  int64_t id = -1;      // -1: its users cannot be known
  uint32_t holder = 0;  // which of the answer's holders it is
  int32_t in_use = -1;
  // The program has code that may end waits for it from the outside, or give it back in place of its users.
  bool may_be_cancelled = false;
  std::vector<ResourceUser> users;  // the known ones in reported groups
};

// What may settle the promise, as text, and the objects that lead there.
struct WaitAnswer {
  std::string before;  // "async function f (app.js:3:5), which may settle it and waits for "
  std::string text;
  std::string after;  // ", which may settle it"
  // From the promise outwards; the owners of the last one follow.
  std::vector<Holder> holders;
  uint32_t end = 0;  // which of them the wait ends in
  ResourceUse resource;

  std::string ToText() const { return before + text + after; }
};

// The parts of a text: `via`, ": ", the answers with " | " between, `rest`.
struct WaitParts {
  std::string via;  // empty: nothing precedes the answers
  std::vector<WaitAnswer> answers;
  // What follows the answers, with the punctuation before it; without answers, all of the text.
  std::string rest;

  std::string ToText() const;
};

// `via`: what stands between, in words. `is_at_rest`: the heap was read while its thread stood still, so that
// what was not found is not there. Empty: nothing can be said.
WaitParts PartsOf(const Wait& wait, const std::string& via, bool is_at_rest);
std::string WaitText(const Wait& wait, const std::string& via, bool is_at_rest);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_

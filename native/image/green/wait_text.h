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

// Functions at one place that have something of a resource.
struct ResourceUser {
  uint32_t count = 0;
  // The `id` of the group that one of them is in, with what it waits for.
  uint32_t group = 0;
  // Its frame there; -1: it is not among those that are shown.
  int frame = -1;
};

// Who has what a resource hands out.
struct ResourceUse {
  int64_t id = -1;      // -1: nothing is known of it
  uint32_t holder = 0;  // which of the answer's holders it is
  int32_t in_use = -1;
  std::vector<ResourceUser> users;  // those that are known, in groups that are told
};

// What may settle the promise, in words, and how to get there.
struct WaitAnswer {
  std::string before;  // "async function f (app.js:3:5), which may settle it and waits for "
  std::string text;
  std::string after;  // ", which may settle it"
  // From the promise outwards, with what owns the end behind them.
  std::vector<Holder> holders;
  ResourceUse resource;

  std::string ToText() const { return before + text + after; }
};

// The parts of a text: `via`, ": ", the answers with " | " between, `rest`.
struct WaitParts {
  std::string via;  // empty: nothing stands before the answers
  std::vector<WaitAnswer> answers;
  // What is said besides, with the punctuation before it; where there are no answers, all of the text.
  std::string rest;

  std::string ToText() const;
};

// `via`: what stands between, in words. `is_at_rest`: the heap was read while its thread stood still, so that
// what was not found is not there. Empty: nothing can be said.
WaitParts PartsOf(const Wait& wait, const std::string& via, bool is_at_rest);
std::string WaitText(const Wait& wait, const std::string& via, bool is_at_rest);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_TEXT_H_

// CallbackRow: where objects of a class keep the functions that they will call.
//
// Owns:        its strings.
// Threads:     made by one thread, then read by any.
// Signal-safe: no: allocates.
// Lifetime:    plain value.
//
// A word `^` of a row (census/open_rows.h) is one of these:
//
//   ^queue.*.callback        functions at a path, as in values/wanted_values.h
//   ^queue.*.(done).handler  a step in brackets is a variable that the function before it sees
//   ^onOk|onError>child      the first function of these properties; what it returns settles the object at
//                            `child`
#ifndef GMR_NATIVE_IMAGE_CALLBACKS_CALLBACK_ROWS_H_
#define GMR_NATIVE_IMAGE_CALLBACKS_CALLBACK_ROWS_H_

#include <string>
#include <string_view>
#include <vector>

#include "../census/open_rows.h"
#include "../values/wanted_values.h"

namespace gmr::vm {

struct CallbackPath {
  // The parts between steps in brackets; each but the first begins at the variable of its name.
  struct Part {
    std::string variable;
    ValuePath path;
  };
  std::vector<Part> parts;
  // Where a chain can go on: properties of which the first function counts, and the one with the next object.
  std::vector<ValuePath> handlers;
  ValuePath next;

  bool is_chain() const { return !handlers.empty(); }
};

struct CallbackRow {
  std::vector<CallbackPath> paths;
  struct Condition {
    ValuePath path;
    bool is_negated = false;
    std::string value;  // empty: any
    uint32_t mask = 0;  // bits of a number that must be `value`; 0: no mask
  };
  std::vector<Condition> conditions;

  static CallbackRow From(const OpenRow& row);
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CALLBACKS_CALLBACK_ROWS_H_

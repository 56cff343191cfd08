// Wait: what a group of suspended functions waits for, in plain values.
//
// Owns:        its texts.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    plain values.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_RESULT_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../values/value_reader.h"
#include "wait_nodes.h"

namespace gmr::vm {

enum class HolderKind : uint8_t {
  kObject,      // of a class
  kCollection,  // an Array, Map or Set
  kPlain,       // a plain object
  kListNode,
  kScope,     // has it in a variable
  kGlobal,    // the global object
  kCallback,  // a function of the program or of Node's
  kFunction,  // an async function
  kLocal,     // an async function that has it in a variable of its own
  kTimer,
  kSignal,
  kRequest,
};

struct Holder {
  HolderKind kind = HolderKind::kObject;
  std::string class_name;
  // Of the class, of the scope, or of the function; empty: unknown.
  std::string file;
  // Of a scope: the function that it is of; empty: of a whole file.
  std::string function_name;
  std::string enclosing_name;  // of a function without a name: the one around it
  bool is_outer = false;       // of a scope: of a whole file
  int32_t line = 0;
  int32_t column = 0;
  // The property or variable by which it holds the one before: "queue", "#head"; empty: unknown, or an
  // element.
  std::string member;
  // What Node's requests are for: "http request GET localhost".
  std::string description;
  double after_ms = -1;  // of a timer
  double left_ms = -1;
  bool repeats = false;
  // Identifies the holder if it is an object or a scope. The address must not be used for anything else.
  Tagged object;
  // The name under which its values are wanted: its class, one that this extends, or the function; empty: no
  // values are wanted.
  std::string known_as;
  std::vector<HeldValue> values;
};

struct WaitEnd {
  WaitEffect effect = WaitEffect::kSettles;
  // From the promise outwards, transparent ones too; the last one is the end.
  std::vector<Holder> holders;
  // What owns the end, from the inside outwards.
  std::vector<Holder> owners;
  // It is a function of which nothing was found that calls it.
  bool is_uncalled = false;
  std::string variable;  // in which that function has what settles the promise; empty: unknown
};

struct Wait {
  std::vector<WaitEnd> ends;
  uint8_t via = 0;
  uint8_t cut = 0;       // why there may be others; 0: the search was complete
  uint32_t more = 0;     // ends that are not listed
  uint32_t dead = 0;     // promises that are needed, too, and that nothing was found for
  bool goes_on = false;  // it waits for nothing any more
  bool is_searched = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_RESULT_H_

// LockCode: what functions of the program do with the list in which others wait for a lock.
//
// Owns:        remembered answers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    answers until the next Reset(); of the readers.
//
// The list is a property of an object, as in a class `Mutex`, or a variable that the functions of a lock
// share, as in `createMutex()`. Judged by the source: a function does with the list what its own text, or
// that of a function that it calls on its `this` or by a variable, says.
#ifndef GMR_NATIVE_IMAGE_LOCKS_LOCK_CODE_H_
#define GMR_NATIVE_IMAGE_LOCKS_LOCK_CODE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../objects/scope_reader.h"
#include "../objects/variable_use.h"

namespace gmr::vm {

struct LockList {
  Tagged owner;  // the object, or the Context
  bool is_variable = false;
  std::string name;  // `queue`, `#queue`

  bool operator==(const LockList& other) const = default;
};

class LockCode {
 public:
  LockCode(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings, ScopeReader* scopes,
           VariableUse* uses)
      : heap_(heap), layout_(layout), strings_(strings), scopes_(scopes), uses_(uses) {}

  void Reset() { turns_.clear(); }

  // The value of an own property; 0: there is none.
  Tagged PropertyOf(Tagged object, const std::string& name) const;
  // The function in a property, also of a prototype; 0: there is none.
  Tagged MethodOf(Tagged object, const std::string& name) const;
  // The value of a variable in a Context or those around it; 0: there is none.
  Tagged VariableOf(Tagged context, const std::string& name) const;
  // The value of a variable from outside of a function; 0: it uses none of this name.
  Tagged OuterVariable(Tagged function, const std::string& name) const;
  // The Contexts whose variables a function sees, from the inside outwards; the nearest six.
  std::vector<Tagged> ScopesOf(Tagged function) const;

  // Whether a function that was called on `receiver` (0: on none) has to do with the list.
  bool Mentions(const LockList& list, Tagged receiver, Tagged function, int depth = 0);
  // Whether it takes an element out of the list behind `offset` of its script; -1: anywhere.
  bool Takes(const LockList& list, Tagged receiver, Tagged function, int32_t offset, int depth = 0);
  // Whether it waits at `offset` for something that is done with an element that it took out, and will take
  // out the next one.
  bool Handles(const LockList& list, Tagged receiver, Tagged function, int32_t offset);
  bool HasParameters(Tagged function) { return TurnsOf(function, -1).has_parameters; }
  bool IsArrow(Tagged function) { return TurnsOf(function, -1).is_arrow; }
  // Whether a function that takes an element out, or one that it calls to do so, also marks something as
  // free.
  bool Frees(const LockList& list, Tagged receiver, Tagged function, int depth = 0);
  // Whether it waits at a place only on a condition that mentions one of its parameters.
  bool WaitsByParameter(Tagged function, int32_t offset) {
    return TurnsOf(function, offset).waits_by_parameter;
  }

 private:
  // Which calls count: those behind the place, or also those before it in a loop around it.
  enum class Which : uint8_t { kBehind, kRepeatedToo };

  bool TakesNext(const LockList& list, Tagged receiver, Tagged function, int32_t offset, Which which,
                 int depth);
  bool Sees(Tagged function, const LockList& list) const;
  const TurnCalls& TurnsOf(Tagged function, int32_t offset);
  Tagged Called(const TurnName& call, Tagged receiver, Tagged function) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  ScopeReader* scopes_;
  VariableUse* uses_;
  // By function and place.
  std::map<std::pair<uint64_t, int32_t>, TurnCalls> turns_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_LOCKS_LOCK_CODE_H_

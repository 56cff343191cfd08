// VariableUse: whether the source of a function mentions a variable, or a property.
//
// Owns:        a buffer of 128 KiB for one function's source, and a table of 8,192 answers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but only the constructor allocates.
// Lifetime:    of the HeapReader and the RawStrings; Reset() before each dump.
//
// All closures of a scope share its context, so the heap alone cannot tell which of them uses a variable.
// Their source can: V8 knows where each function begins and ends, compiled or not.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_VARIABLE_USE_H_
#define GMR_NATIVE_IMAGE_OBJECTS_VARIABLE_USE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../text/giving_back.h"
#include "../text/lock_calls.h"
#include "../text/turn_calls.h"
#include "raw_strings.h"
#include "tagged.h"

namespace gmr::vm {

struct SourceUse;

// kUnknown: there is no source, it is too long or not understood, or code in it can use any variable (`eval`,
// `with`).
enum class Mention : uint8_t { kNo, kYes, kUnknown };

class VariableUse {
 public:
  // The longest source of one function, in UTF-16 code units or Latin-1 characters.
  static constexpr uint32_t kMaxUnits = 64 * 1024;
  // Bytes of source that are read and searched between two Reset(); after that every new question is
  // kUnknown.
  static constexpr uint64_t kMaxBytes = uint64_t{8} << 20;

  VariableUse(const HeapReader* heap, const RawStrings* strings);
  VariableUse(const VariableUse&) = delete;
  VariableUse& operator=(const VariableUse&) = delete;
  ~VariableUse();

  // Before each dump.
  void Reset();

  // `function`: a function object or its SharedFunctionInfo. Whether it, or a function inside of it, uses a
  // variable `name` (UTF-8) of an outer scope. A variable of this name that it declares itself does not
  // count.
  Mention Mentions(Tagged function, const char* name);

  // Whether it reads or writes a property `name` of any object: `.name`, `?.name`, `['name']`, or a key of a
  // destructuring pattern. A private name includes its `#`.
  Mention MentionsProperty(Tagged function, const char* name);

  // Whether a function that waits at `offset` of its script may still have what it took. If its source is
  // not known, it may not.
  GivingBack FindGivingBack(Tagged function, int32_t offset);

  // Calls that such a function is still to make (text/lock_calls.h).
  std::vector<LockCall> FindLockCalls(Tagged function, int32_t offset);

  // The method whose result it awaits there; empty: none.
  std::string FindAwaitedMethod(Tagged function, int32_t offset);

  // The lists from which such a function is still to take elements (text/turn_calls.h). `offset` -1: those
  // from which it takes any, anywhere.
  TurnCalls FindTurnCalls(Tagged function, int32_t offset);

 private:
  struct State;

  SourceUse Find(Tagged function, const char* name);
  // False: the source around an offset of its script is not known.
  bool ReadAround(Tagged function, int32_t offset, size_t* at);
  bool ReadWhole(Tagged function);

  const HeapReader* heap_;
  const RawStrings* strings_;
  std::unique_ptr<State> state_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_VARIABLE_USE_H_

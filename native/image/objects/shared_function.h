// FunctionTable: what a SharedFunctionInfo tells of a function.
//
// Owns:        a fixed number of slots; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    texts are valid until the Arena is reset; Reset() before that.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SHARED_FUNCTION_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SHARED_FUNCTION_H_

#include <cstdint>

#include "raw_strings.h"
#include "script_table.h"
#include "tagged.h"

namespace gmr::vm {

struct FunctionInfo {
  // Of the source; "": anonymous or top-level code. Never null.
  const char* name = "";
  // What V8 calls a function without a name, if that is not its own: see call_arguments.h. Never null.
  const char* false_name = "";
  const char* file = "";
  bool is_eval = false;
  // False: one of V8's own, written in C++ or Torque.
  bool has_script = false;
  // A function that was made from a v8::FunctionTemplate: the C++ that it calls
  // is on the stack as well. Up to V8 11 it looks like a builtin.
  bool is_api = false;
  Tagged script;
  Tagged shared;
  // 0: not compiled, or a builtin.
  Tagged bytecode;
  int32_t start_position = -1;
  int32_t end_position = -1;
};

// Where the source of a function is in that of its script.
struct FunctionText {
  Tagged shared;
  Tagged script;
  int32_t start = -1;
  int32_t end = -1;
};

// `object`: a function, its SharedFunctionInfo or the wrapper of that. False: the source is not known.
bool FindFunctionText(const HeapReader& heap, Tagged object, FunctionText* text);

// The name that a function has in its source, a string of V8's. False: it has none, or is no function.
bool ReadFunctionName(const HeapReader& heap, Tagged function, Tagged* name);

class ScopeInfo;

class FunctionTable {
 public:
  FunctionTable(const HeapReader* heap, const RawStrings* strings, ScriptTable* scripts)
      : heap_(heap), strings_(strings), scripts_(scripts) {}

  // Before each capture.
  void Reset();

  // `object`: a SharedFunctionInfo or its wrapper in the trusted space. False:
  // it is neither.
  bool Find(Tagged object, FunctionInfo* info);
  // A function object may have a name that its source does not tell.
  bool FindByFunction(Tagged function, FunctionInfo* info);

 private:
  static constexpr int kSlots = 256;

  struct Slot {
    bool used = false;
    Tagged key;
    FunctionInfo info;
  };

  void ReadName(Tagged shared, FunctionInfo* info) const;
  const char* CopyName(Tagged name) const;
  void ReadScopeInfo(const ScopeInfo& scope, FunctionInfo* info) const;
  void ReadInferredName(Tagged shared, FunctionInfo* info) const;
  bool IsArgumentAt(Tagged script, int32_t start) const;
  void ReadScript(Tagged shared, FunctionInfo* info);
  void ReadData(Tagged shared, FunctionInfo* info) const;

  const HeapReader* heap_;
  const RawStrings* strings_;
  ScriptTable* scripts_;
  Slot slots_[kSlots];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SHARED_FUNCTION_H_

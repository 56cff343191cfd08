// ScopeInfo: V8's description of a scope: its function, its place in the source, and its variables.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    a value; of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SCOPE_INFO_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SCOPE_INFO_H_

#include <cstdint>

#include "tagged.h"

namespace gmr::vm {

class ScopeInfo {
 public:
  enum class Kind : uint8_t { kFunction, kBlock, kCatch, kClass, kEval, kScript, kModule, kOther };

  explicit ScopeInfo(const HeapReader* heap) : heap_(heap) {}

  // False: it is no ScopeInfo, or damaged.
  bool Read(Tagged object);

  Kind kind() const { return kind_; }
  // FunctionKind of V8.
  int32_t function_kind() const { return function_kind_; }
  // Of the function, as strings of V8's; 0: none. The second is what a function without a name was assigned
  // to, as "exports.handler".
  Tagged name() const { return name_; }
  Tagged inferred_name() const { return inferred_name_; }
  // Where it begins and ends in the script. -1: not known, as of blocks up to V8 12.
  int32_t start_position() const { return start_position_; }
  int32_t end_position() const { return end_position_; }

  // Variables that are in a context.
  int32_t locals() const { return locals_; }
  // 0: not readable.
  Tagged LocalName(int32_t index) const;
  // The slot of a context in which a function expression has itself; -1: in none.
  int32_t name_slot() const { return name_slot_; }
  // Of a module: the array in which V8 describes what it exports and imports. 0: not found.
  Tagged ModuleInfo() const;

 private:
  bool Load(int64_t index, Tagged* word) const;
  bool LoadSmi(int64_t index, int32_t* value) const;
  bool ReadFlags(uint32_t* flags) const;
  bool IsModuleInfo(Tagged word) const;
  Kind KindOf(uint32_t flags) const;
  void ReadPositions(int64_t index);
  Tagged NameInTable(Tagged table, int32_t index) const;

  const HeapReader* heap_;
  Tagged object_;
  Kind kind_ = Kind::kOther;
  int32_t function_kind_ = 0;
  Tagged name_;
  Tagged inferred_name_;
  int32_t start_position_ = -1;
  int32_t end_position_ = -1;
  int32_t locals_ = 0;
  int32_t name_slot_ = -1;
  int64_t first_name_ = 0;
  int64_t behind_names_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SCOPE_INFO_H_

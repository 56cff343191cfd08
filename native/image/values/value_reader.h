// ValueReader: reads the values at given paths of an object or a scope.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    that of the HeapReader.
//
// The heap is only read: no accessor is ever called.
#ifndef GMR_NATIVE_IMAGE_VALUES_VALUE_READER_H_
#define GMR_NATIVE_IMAGE_VALUES_VALUE_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../base/unmasked.h"
#include "../objects/heap_layout.h"
#include "../objects/receiver_class.h"
#include "../objects/scope_reader.h"
#include "primitive_text.h"
#include "wanted_values.h"

namespace gmr::vm {

struct HeldValue {
  std::string path;
  // kNone: an object whose class `text` names; empty if it is plain or its class is unknown.
  PrimitiveKind kind = PrimitiveKind::kNone;
  platform::Unmasked text;
};

class ValueReader {
 public:
  // Longest string, in bytes.
  static constexpr size_t kMaxText = 512;

  ValueReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
              ReceiverClass* classes, ScopeReader* scopes)
      : heap_(heap), layout_(layout), strings_(strings), classes_(classes), scopes_(scopes) {}

  // The values at those of `paths` that lead to one. `is_scope`: `object` is a Context.
  std::vector<HeldValue> Read(Tagged object, bool is_scope, const std::vector<ValuePath>& paths) const;

  // The value at a path without `*`. False: it leads to none.
  bool Find(Tagged object, bool is_scope, const ValuePath& path, Tagged* value) const;

  // Adds the objects at a path to `objects`, at most kMaxObjects. `*` stands for each element of an array or
  // a Set, and for each value of a Map.
  void ReadAll(Tagged object, bool is_scope, const ValuePath& path, std::vector<Tagged>* objects) const;

 private:
  static constexpr int kMaxObjects = 4096;

  void ReadFrom(Tagged at, bool is_scope, const ValuePath& path, size_t step,
                std::vector<Tagged>* objects) const;
  bool Step(Tagged* object, bool is_scope, std::string_view name) const;
  bool ReadLength(Tagged* array) const;
  bool ReadSeen(Tagged* function, std::string_view name) const;
  bool ReadElement(Tagged* array, std::string_view index) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  ReceiverClass* classes_;
  ScopeReader* scopes_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_VALUE_READER_H_

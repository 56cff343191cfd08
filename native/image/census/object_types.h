// ObjectTypes: for each instance type of V8, how large its objects are, and what they are called in a heap
// snapshot.
//
// Owns:        a table.
// Threads:     made by one thread, then read by any.
// Signal-safe: reading it: yes.
// Lifetime:    plain value.
//
// From the numbers that V8 exports for debuggers. A type that is in no list is read as one of unknown size:
// its objects end where the next one begins.
#ifndef GMR_NATIVE_IMAGE_CENSUS_OBJECT_TYPES_H_
#define GMR_NATIVE_IMAGE_CENSUS_OBJECT_TYPES_H_

#include <cstddef>
#include <cstdint>

#include "../objects/heap_layout.h"

namespace gmr::vm {

// How the size of an object follows from its length, for types whose maps do not say it.
enum class SizeRule : uint8_t {
  kUnknown,
  kBytes,        // a header of two words, and as many bytes as the second says
  kWords,        // the same, but the length is in words
  kWeakList,     // a header of three words, and as many words as the second says
  kProperties,   // as kWords, with a hash in the upper bits of the length
  kDescriptors,  // three words for each descriptor
  kBytecode,
  kBigInt,  // a header of two words, and as many words as the second says
  kString,
  kFreeSpace,
};

// The groups of V8's heap snapshots, src/profiler/heap-snapshot-generator.cc.
enum class HeapKind : uint8_t {
  kDead,  // fills a gap
  kSystem,
  kString,
  kConsString,
  kSlicedString,
  kSymbol,
  kBigInt,
  kNumber,
  kArray,
  kCode,
  kShape,
  kContext,
  kClosure,
  kRegExp,
  kObject,  // of a class
};
inline constexpr size_t kHeapKinds = static_cast<size_t>(HeapKind::kObject) + 1;

// As in a heap snapshot: "(string)". "": kDead and kObject.
const char* NameOf(HeapKind kind);

class ObjectTypes {
 public:
  ObjectTypes() = default;
  ObjectTypes(const platform::ElfNumbers& numbers, const Layout& layout, const HeapLayout& heap_layout);

  SizeRule RuleOf(int32_t type) const { return IsInTable(type) ? table_[type].rule : SizeRule::kUnknown; }
  HeapKind KindOf(int32_t type) const;
  // Whether arrays to which objects of this type refer belong to code.
  bool HasParts(int32_t type) const { return IsInTable(type) && table_[type].has_parts; }
  // JSArray; -1: unknown.
  int32_t array_type() const { return array_type_; }
  bool usable() const { return usable_; }

 private:
  // Beyond the last type of all versions.
  static constexpr int32_t kTypes = 2304;

  struct OfType {
    SizeRule rule = SizeRule::kUnknown;
    HeapKind kind = HeapKind::kSystem;
    bool has_parts = false;
  };

  static bool IsInTable(int32_t type) { return type >= 0 && type < kTypes; }
  void Set(int32_t first, int32_t last, SizeRule rule, HeapKind kind);
  void SetHasParts(int32_t type);
  void SetStrings(const Layout& layout);

  OfType table_[kTypes];
  int32_t array_type_ = -1;
  bool usable_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_OBJECT_TYPES_H_

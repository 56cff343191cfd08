// KindCount: objects of V8's own that a heap snapshot counts elsewhere than their type says.
//
// Owns:        the numbers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    until Reset().
//
// As V8HeapExplorer, src/profiler/heap-snapshot-generator.cc: the arrays that belong to code are code,
// machine code is code although its pages are not read, the cell and the lists of a shape belong to the
// shape, private symbols and the maps that all isolates share are V8's own.
#ifndef GMR_NATIVE_IMAGE_CENSUS_KIND_COUNT_H_
#define GMR_NATIVE_IMAGE_CENSUS_KIND_COUNT_H_

#include <cstdint>

#include "object_walk.h"

namespace gmr::vm {

class KindCount {
 public:
  KindCount(const HeapReader* heap, const HeapLayout* layout, MapTable* maps, const ObjectWalk* walk)
      : heap_(heap), layout_(layout), maps_(maps), walk_(walk) {}

  void Reset();

  // `words`: of the object, which begins at word `index` of the page.
  void Visit(const PageWords& page, const MapEntry& map, size_t index, uint64_t words, bool is_read_only);

  // After the last Visit().
  void Finish();

  // To be added to the number of objects of that kind, and to their bytes.
  int64_t CountOf(HeapKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  int64_t BytesOf(HeapKind kind) const { return bytes_[static_cast<size_t>(kind)]; }

 private:
  static constexpr size_t kMaxParts = 4'000'000;

  using Parts = platform::MappedArray<uint64_t>;

  void Move(HeapKind from, HeapKind to, uint64_t bytes);
  void NoteParts(const PageWords& page, size_t begin, size_t end, Parts* parts);
  void CountParts(HeapKind kind, Parts* parts);
  void CountPart(Tagged part, HeapKind kind);
  void VisitMachineCode(const PageWords& page, size_t index);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  MapTable* maps_;
  const ObjectWalk* walk_;
  int64_t counts_[kHeapKinds] = {};
  int64_t bytes_[kHeapKinds] = {};
  // Objects that code or shapes refer to. They are read at the end, sorted by address.
  Parts parts_of_code_{kMaxParts};
  Parts parts_of_shapes_{kMaxParts};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_KIND_COUNT_H_

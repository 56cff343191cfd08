// PageTargets: to which parts of the heap the words of each page point.
//
// Owns:        half a kilobyte for each page, in a mapping.
// Threads:     one at a time; Note() of different pages at once.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Reset().
//
// Looking backwards for who holds an object means reading the whole heap. Most
// pages cannot hold it, which one pass over all of them tells for all searches
// after it. A word that is no pointer only costs a needless look.
#ifndef GMR_NATIVE_V8_PAGE_TARGETS_H_
#define GMR_NATIVE_V8_PAGE_TARGETS_H_

#include <cstddef>
#include <cstdint>

#include "../platform/mapped_array.h"

namespace gmr::vm {

class PageTargets {
 public:
  static constexpr size_t kParts = 4096;
  struct Set {
    uint64_t bits[kParts / 64] = {};
  };

  // False: no memory; then every page may point anywhere.
  bool Reset(size_t pages);

  // The words of page number `page`.
  void Note(size_t page, const uint64_t* words, size_t count);
  bool IsNoted(size_t page) const { return page < noted_.size() && noted_[page] != 0; }
  void Add(uint64_t pointer, Set* set) const {
    const size_t part = PartOf(pointer);
    set->bits[part / 64] |= uint64_t{1} << part % 64;
  }
  bool MayPointInto(size_t page, const Set& set) const;

 private:
  static constexpr size_t kMaxPages = size_t{1} << 17;

  size_t PartOf(uint64_t word) const { return word >> shift_ & (kParts - 1); }

  // Small heaps have smaller parts.
  int shift_ = 18;
  platform::MappedArray<Set> sets_{kMaxPages};
  platform::MappedArray<uint8_t> noted_{kMaxPages};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_PAGE_TARGETS_H_

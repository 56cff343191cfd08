// HolderSearch: which object a word of the heap is in.
//
// Owns:        the beginning of a large object, for the time of a search.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the heap may have changed: then Reset().
//
// Goes backwards from the word to the nearest header that it may belong to. A
// queue of thousands of waiters is one long array, which may begin on another
// page: in V8 a large object begins a run of pages, in all but the first of
// which nothing else begins.
#ifndef GMR_NATIVE_IMAGE_SCAN_HOLDER_SEARCH_H_
#define GMR_NATIVE_IMAGE_SCAN_HOLDER_SEARCH_H_

#include <cstddef>
#include <cstdint>

#include "../objects/heap_layout.h"
#include "../objects/heap_pages.h"
#include "../objects/tagged.h"

namespace gmr::vm {

struct WordHolder {
  Tagged object;
  int32_t offset = 0;  // of the word, in bytes from the start of the object
};

class HolderSearch {
 public:
  HolderSearch(const HeapReader* heap, const HeapLayout* layout) : heap_(heap), layout_(layout) {}

  void Reset() { array_ = {}; }

  // `words` is a copy of page `number`, at `index` of which the word is. False:
  // not found.
  bool Find(const HeapPages& pages, size_t number, const uint64_t* words, size_t index, WordHolder* holder);

 private:
  // Objects of any length have their length in the second word.
  static constexpr size_t kArrayHeader = 2;
  // No object of a fixed length is longer: Map::instance_size_in_words is a byte.
  static constexpr size_t kMaxFixedWords = 256;
  // So far back, objects of all kinds are looked for; beyond, arrays and tables only.
  static constexpr size_t kNearWords = 4096;
  // V8 begins a page with a header of its own, of some KB.
  static constexpr size_t kHeadWords = 2048;

  struct Array {
    platform::Address begin;
    platform::Address end;
  };

  // Of something that begins `back` words before the word.
  enum class Extent : uint8_t { kNone, kShort, kReaches };

  static bool Reaches(Tagged length, size_t back);
  bool IsLong(int32_t type) const;
  // kNone: no object begins with these words.
  Extent ExtentAt(const uint64_t* words, size_t back) const;
  bool FindInPage(platform::Address start, const uint64_t* words, size_t index, WordHolder* holder);
  bool FindLarge(const HeapPages& pages, size_t number, platform::Address address, WordHolder* holder);
  bool IsInLast(platform::Address address, WordHolder* holder) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  // The last long one: the next word that is asked for is often in it too.
  Array array_;
  uint64_t head_[kHeadWords];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_HOLDER_SEARCH_H_

// Heap: objects of V8's, written word by word into recorded memory as V8 11.3 lays them out.
//
// Owns:        the memory, what reads it, and an arena for texts.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    of a test. Writing makes the reader forget what it read.
#ifndef GMR_TEST_PLAIN_HEAP_H_
#define GMR_TEST_PLAIN_HEAP_H_

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "../../native/base/containers/arena.h"
#include "../../native/image/objects/raw_strings.h"
#include "node20.h"
#include "recorded_memory.h"

namespace gmr::test {

using vm::Tagged;

class Heap {
 public:
  static constexpr platform::Address kStart{0x3a00'0000'0000};
  static constexpr size_t kPages = 4;

  Heap();

  // Of this many bytes; not yet an object.
  platform::Address Allocate(size_t bytes);
  // The next object begins in the next page of 256 KiB.
  void NextPage();

  // `words` with the map, the others 0.
  Tagged Object(int32_t type, size_t words) { return ObjectOf(MapFor(type), words); }
  Tagged ObjectOf(Tagged map, size_t words);
  // The same one for a type each time.
  Tagged MapFor(int32_t type);
  Tagged NewMap(int32_t type);
  void Set(Tagged object, int32_t offset, Tagged value) { Put(object, offset, value.bits()); }
  template <typename T>
  void Put(Tagged object, int32_t offset, T value) {
    memory.Put(object.Slot(offset), value);
    reader.Forget();
  }

  static Tagged Smi(int32_t value) { return Tagged(uint64_t{static_cast<uint32_t>(value)} << 32); }
  // `object` is now a copy of itself elsewhere, as in the middle of a collection.
  Tagged Move(Tagged object, size_t words);

  // Types of strings, src/objects/instance-type.h.
  static constexpr int32_t kTwoByte = 32;
  static constexpr int32_t kOneByte = 40;
  static constexpr int32_t kConsOneByte = 41;
  static constexpr int32_t kExternalOneByte = 42;
  static constexpr int32_t kExternalTwoByte = 34;
  static constexpr int32_t kSlicedOneByte = 43;
  static constexpr int32_t kThinOneByte = 45;
  static constexpr int32_t kUncached = 16;

  Tagged OneByte(std::string_view text);
  Tagged TwoByte(std::u16string_view text);
  Tagged Cons(Tagged first, Tagged second, uint32_t length);
  Tagged Sliced(Tagged parent, int32_t offset, uint32_t length);
  Tagged Thin(Tagged actual, uint32_t length);
  Tagged External(int32_t type, platform::Address data, uint32_t length);

  Tagged Array(const std::vector<Tagged>& elements, int32_t type = -1);
  Tagged ByteArray(const std::vector<uint8_t>& bytes);

  RecordedMemory memory;
  platform::MemoryReader reader{&memory};
  vm::Layout layout = LayoutOfNode20();
  platform::Arena arena{size_t{1} << 20};
  vm::HeapReader objects{&reader, &layout};
  vm::RawStrings strings{&objects, &arena};

 private:
  Tagged StringOf(int32_t type, uint32_t length, size_t bytes);

  platform::Address next_ = kStart + 0x400;
  std::vector<std::pair<int32_t, Tagged>> maps_;
  Tagged map_of_maps_;
};

}  // namespace gmr::test

#endif  // GMR_TEST_PLAIN_HEAP_H_

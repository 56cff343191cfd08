// Tagged: a word of V8's heap; HeapReader: reads objects without trusting them.
//
// Owns:        the types of some maps.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the MemoryReader and the Layout.
//
// The isolate's thread may be in the middle of a garbage collection. An object
// that was moved has its new address where its map was; TypeOf() follows it.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_TAGGED_H_
#define GMR_NATIVE_IMAGE_OBJECTS_TAGGED_H_

#include <cstdint>

#include "../../process/safe_read.h"
#include "layout.h"

namespace gmr::vm {

// Of a process: on arm64 it has twice as much room as on x86-64.
#if defined(__aarch64__)
inline constexpr int kAddressBits = 48;
#else
inline constexpr int kAddressBits = 47;
#endif

constexpr bool IsProcessAddress(uint64_t word) { return word > 4096 && word >> kAddressBits == 0; }

// Full pointers: a small integer has its value in the upper half of the word,
// a pointer has its lowest bit set, a weak one its two lowest bits.
class Tagged {
 public:
  constexpr Tagged() = default;
  constexpr explicit Tagged(uint64_t bits) : bits_(bits) {}
  static constexpr Tagged At(platform::Address address) { return Tagged(address.number() | 1); }

  constexpr uint64_t bits() const { return bits_; }
  constexpr bool IsSmi() const { return (bits_ & 0xffffffff) == 0; }
  constexpr int32_t ToSmi() const { return static_cast<int32_t>(bits_ >> 32); }
  // Objects are aligned to words.
  constexpr bool IsObject() const { return (bits_ & 7) == 1 && IsProcessAddress(bits_); }
  constexpr Tagged Strong() const { return Tagged(bits_ & ~uint64_t{2}); }
  constexpr platform::Address Slot(int32_t offset) const { return platform::Address(bits_ - 1) + offset; }

  friend constexpr bool operator==(Tagged, Tagged) = default;

 private:
  uint64_t bits_ = 0;
};

class HeapReader {
 public:
  HeapReader(platform::MemoryReader* memory, const Layout* layout) : memory_(memory), layout_(layout) {}

  const Layout& layout() const { return *layout_; }
  platform::MemoryReader& memory() const { return *memory_; }

  // The instance type, or -1 for what is not an object: believed only when its
  // map is an object whose map is a map. `*object` is corrected when it moved.
  int32_t TypeOf(Tagged* object) const;
  bool Is(Tagged* object, int32_t type) const { return type >= 0 && TypeOf(object) == type; }
  bool IsFunction(Tagged* object) const;
  bool IsFunctionType(int32_t type) const {
    return type >= 0 && type >= layout_->type_first_js_function && type <= layout_->type_last_js_function;
  }
  // The type that `map` gives its objects; -1: it is no map.
  int32_t TypeOfMap(Tagged map) const;
  // Of an object that one of these accepted; itself unchecked.
  bool MapOf(Tagged object, Tagged* map) const { return FollowForwarding(&object, map); }
  // Arrays of words, and of bytes, in and outside of the trusted space.
  bool IsArray(Tagged* object) const;
  bool IsByteArray(Tagged* object) const;

  bool Load(Tagged object, int32_t offset, Tagged* value) const;
  bool LoadSmi(Tagged object, int32_t offset, int32_t* value) const;
  bool LoadInt32(Tagged object, int32_t offset, int32_t* value) const;
  bool LoadUint32(Tagged object, int32_t offset, uint32_t* value) const;
  bool LoadAddress(Tagged object, int32_t offset, platform::Address* value) const;

  // Of what IsArray() or IsByteArray() accepted; -1: no credible length.
  int32_t LengthOf(Tagged array) const;
  bool LoadElement(Tagged array, int64_t index, Tagged* value) const;
  bool LoadSmiElement(Tagged array, int64_t index, int32_t* value) const;

 private:
  // The type that a map gives its objects, remembered until the memory is read anew.
  struct KnownMap {
    Tagged map;
    int32_t type = -1;
    uint32_t generation = 0;
  };
  static constexpr size_t kKnownMaps = 128;

  bool FollowForwarding(Tagged* object, Tagged* map) const;
  bool LoadType(Tagged map, int32_t* type) const;

  platform::MemoryReader* memory_;
  const Layout* layout_;
  mutable KnownMap known_maps_[kKnownMaps];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_TAGGED_H_

// RawStrings: V8's strings, read from memory without V8.
//
// Owns:        nothing; text goes into the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    what Copy() returned is valid until the Arena is reset.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_RAW_STRINGS_H_
#define GMR_NATIVE_IMAGE_OBJECTS_RAW_STRINGS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../base/containers/arena.h"
#include "tagged.h"

namespace gmr::vm {

class Utf8Writer;

// Characters that lie in one piece.
struct FlatString {
  platform::Address data;
  uint32_t length = 0;  // in characters
  bool one_byte = true;

  platform::Address AddressOf(uint32_t index) const { return data + uint64_t{index} * (one_byte ? 1 : 2); }
};

class RawStrings {
 public:
  RawStrings(const HeapReader* heap, platform::Arena* arena) : heap_(heap), arena_(arena) {}

  bool IsString(Tagged* object) const;

  // False for a rope that V8 has not flattened yet, and for what is no string.
  bool Flatten(Tagged string, FlatString* flat) const;

  // Of a string in one piece that lies in an object of V8's heap: also where that object is.
  bool FlattenInHeap(Tagged string, Tagged* object, FlatString* flat) const;

  // A part of one that was flattened, as UTF-8 in the Arena. False: not readable, or no room.
  bool CopyPart(const FlatString& flat, uint32_t begin, uint32_t end, std::string_view* text) const;

  // As UTF-8, cut with "..." after `max_bytes`. nullptr: no string, or no room.
  const char* Copy(Tagged string, size_t max_bytes) const;

  // The same, to `text` with a final 0.
  bool CopyTo(Tagged string, char* text, size_t capacity) const;

  // Whether it consists of these characters; false for a rope.
  bool Equals(Tagged string, std::string_view text) const;

  // A string of the caller's, in the same Arena. "": no room.
  const char* Keep(const char* text) const;

 private:
  struct Shape;

  bool ReadShape(Tagged string, Shape* shape) const;
  bool Resolve(Shape* shape) const;
  bool FlattenSlice(const Shape& slice, FlatString* flat) const;
  bool DataOf(const Shape& shape, FlatString* flat) const;
  bool IsEmpty(Tagged string) const;
  bool Write(Tagged string, Utf8Writer* out) const;
  const char* CopyOf(const char* text) const;

  const HeapReader* heap_;
  platform::Arena* arena_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_RAW_STRINGS_H_

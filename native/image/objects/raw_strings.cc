#include "raw_strings.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "../text/utf8_writer.h"

namespace gmr::vm {

namespace {

// Thin strings and one-sided ropes in a row; V8 itself makes one or two.
constexpr int kMaxIndirections = 8;
// Of a rope: enough for a name that a program concatenates.
constexpr int kMaxPieces = 64;
constexpr size_t kMaxCopiedBytes = 4096;

bool AppendFlat(platform::MemoryReader& memory, const FlatString& flat, Utf8Writer* out) {
  uint8_t bytes[256];
  const uint32_t per_chunk = flat.one_byte ? sizeof bytes : sizeof bytes / 2;
  for (uint32_t at = 0; at < flat.length && !out->full(); at += per_chunk) {
    const uint32_t count = std::min(per_chunk, flat.length - at);
    if (!memory.Read(flat.AddressOf(at), bytes, flat.one_byte ? count : count * 2)) return false;
    for (uint32_t i = 0; i < count; ++i) {
      uint16_t unit = bytes[i];
      if (!flat.one_byte) std::memcpy(&unit, bytes + 2 * size_t{i}, sizeof unit);
      out->AppendUnit(unit);
    }
  }
  return true;
}

}  // namespace

struct RawStrings::Shape {
  Tagged string;
  int32_t type = -1;
  int32_t representation = -1;
  uint32_t length = 0;
  bool one_byte = true;
};

bool RawStrings::IsString(Tagged* object) const {
  const int32_t type = heap_->TypeOf(object);
  return type >= 0 && type < heap_->layout().first_nonstring_type;
}

bool RawStrings::ReadShape(Tagged string, Shape* shape) const {
  const Layout& layout = heap_->layout();
  if (!IsString(&string)) return false;
  shape->string = string;
  shape->type = heap_->TypeOf(&string);
  shape->representation = shape->type & layout.string_representation_mask;
  shape->one_byte = (shape->type & layout.string_encoding_mask) == layout.string_one_byte;
  return heap_->LoadUint32(string, layout.string_length, &shape->length);
}

bool RawStrings::IsEmpty(Tagged string) const {
  Shape shape;
  return ReadShape(string, &shape) && shape.length == 0;
}

// Follows thin strings, and ropes whose second half is empty: flattening leaves
// both behind.
bool RawStrings::Resolve(Shape* shape) const {
  const Layout& layout = heap_->layout();
  for (int i = 0; i < kMaxIndirections; ++i) {
    Tagged next;
    if (shape->representation == layout.string_thin) {
      if (!heap_->Load(shape->string, layout.thin_actual, &next)) return false;
    } else if (shape->representation == layout.string_cons) {
      Tagged second;
      if (!heap_->Load(shape->string, layout.cons_second, &second) || !IsEmpty(second)) return true;
      if (!heap_->Load(shape->string, layout.cons_first, &next)) return false;
    } else {
      return true;
    }
    if (!ReadShape(next, shape)) return false;
  }
  return false;
}

bool RawStrings::DataOf(const Shape& shape, FlatString* flat) const {
  const Layout& layout = heap_->layout();
  flat->length = shape.length;
  flat->one_byte = shape.one_byte;
  if (shape.representation == 0) {
    flat->data = shape.string.Slot(layout.string_chars);
    return true;
  }
  if (shape.representation != layout.string_external) return false;
  // Without the cache, only a virtual call of the resource shows where it is.
  if ((shape.type & layout.string_uncached_mask) != 0) return false;
  return heap_->LoadAddress(shape.string, layout.external_data, &flat->data) && !flat->data.IsNull();
}

bool RawStrings::FlattenSlice(const Shape& slice, FlatString* flat) const {
  const Layout& layout = heap_->layout();
  Tagged parent;
  Shape shape;
  int32_t offset = 0;
  if (!heap_->Load(slice.string, layout.sliced_parent, &parent)) return false;
  if (!heap_->LoadSmi(slice.string, layout.sliced_offset, &offset)) return false;
  if (!ReadShape(parent, &shape) || !Resolve(&shape) || !DataOf(shape, flat)) return false;
  if (offset < 0 || uint64_t{static_cast<uint32_t>(offset)} + slice.length > shape.length) return false;
  flat->data = flat->AddressOf(static_cast<uint32_t>(offset));
  flat->length = slice.length;
  return true;
}

bool RawStrings::Flatten(Tagged string, FlatString* flat) const {
  Shape shape;
  if (!ReadShape(string, &shape) || !Resolve(&shape)) return false;
  if (shape.representation == heap_->layout().string_sliced) return FlattenSlice(shape, flat);
  return DataOf(shape, flat);
}

bool RawStrings::FlattenInHeap(Tagged string, Tagged* object, FlatString* flat) const {
  Shape shape;
  if (!ReadShape(string, &shape) || !Resolve(&shape) || shape.representation != 0) return false;
  *object = shape.string;
  return DataOf(shape, flat);
}

bool RawStrings::CopyPart(const FlatString& flat, uint32_t begin, uint32_t end,
                          std::string_view* text) const {
  if (begin > end || end > flat.length) return false;
  const FlatString part{flat.AddressOf(begin), end - begin, flat.one_byte};
  // A code unit takes at most two bytes where characters have one, else three.
  const size_t capacity = size_t{part.length} * (part.one_byte ? 2 : 3);
  char* copy = arena_->Allocate(capacity);
  if (copy == nullptr) return false;
  Utf8Writer out(copy, capacity);
  if (!AppendFlat(heap_->memory(), part, &out)) return false;
  out.Finish();
  arena_->Shrink(copy, out.size());
  *text = {copy, out.size()};
  return true;
}

bool RawStrings::CopyTo(Tagged string, char* text, size_t capacity) const {
  constexpr size_t kCut = sizeof "...";
  if (capacity <= kCut) return false;
  Utf8Writer out(text, capacity - kCut);
  if (!Write(string, &out)) return false;
  std::memcpy(text + out.size(), out.full() ? "..." : "", out.full() ? 4 : 1);
  return true;
}

bool RawStrings::Write(Tagged string, Utf8Writer* out) const {
  const Layout& layout = heap_->layout();
  // The right halves of ropes that are still to come, the next one last.
  Tagged pending[kMaxPieces] = {string};
  int count = 1;
  int pieces = 0;
  while (count > 0 && !out->full()) {
    Shape shape;
    const Tagged next = pending[--count];
    if (++pieces > kMaxPieces || !ReadShape(next, &shape) || !Resolve(&shape)) return false;
    if (shape.representation == layout.string_cons) {
      if (count + 2 > kMaxPieces || !heap_->Load(shape.string, layout.cons_second, &pending[count]) ||
          !heap_->Load(shape.string, layout.cons_first, &pending[count + 1])) {
        return false;
      }
      count += 2;
      continue;
    }
    FlatString flat;
    if (!Flatten(shape.string, &flat) || !AppendFlat(heap_->memory(), flat, out)) return false;
  }
  out->Finish();
  return true;
}

const char* RawStrings::Copy(Tagged string, size_t max_bytes) const {
  char text[kMaxCopiedBytes + sizeof "..."];
  return CopyTo(string, text, std::min(max_bytes, kMaxCopiedBytes) + sizeof "...") ? CopyOf(text) : nullptr;
}

bool RawStrings::Equals(Tagged string, std::string_view text) const {
  constexpr size_t kMaxCompared = 128;
  FlatString flat;
  char characters[kMaxCompared] = {};
  if (text.size() > sizeof characters) return false;
  if (!Flatten(string, &flat) || !flat.one_byte || flat.length != text.size()) return false;
  return heap_->memory().Read(flat.data, characters, text.size()) &&
         std::memcmp(characters, text.data(), text.size()) == 0;
}

const char* RawStrings::CopyOf(const char* text) const {
  const size_t bytes = std::strlen(text) + 1;
  char* copy = arena_->Allocate(bytes);
  if (copy != nullptr) std::memcpy(copy, text, bytes);
  return copy;
}

const char* RawStrings::Keep(const char* text) const {
  const char* copy = CopyOf(text);
  return copy == nullptr ? "" : copy;
}

}  // namespace gmr::vm

#include "heap.h"

#include "../../native/image/objects/heap_layout.h"
#include "harness.h"

namespace gmr::test {

namespace {

constexpr size_t kWordsOfMap = 10;

}  // namespace

Heap::Heap() {
  memory.Map(kStart, kPages * vm::kPageBytes);
  map_of_maps_ = Tagged::At(Allocate(kWordsOfMap * 8));
  Set(map_of_maps_, 0, map_of_maps_);
  Put(map_of_maps_, layout.map_instance_type, static_cast<uint16_t>(layout.type_map));
  maps_.emplace_back(layout.type_map, map_of_maps_);
}

platform::Address Heap::Allocate(size_t bytes) {
  const platform::Address address = next_;
  next_ += (bytes + 7) / 8 * 8;
  CHECK(next_ <= kStart + kPages * vm::kPageBytes);
  return address;
}

void Heap::NextPage() { next_ = next_.AlignedDown(vm::kPageBytes) + vm::kPageBytes + 0x400; }

Tagged Heap::NewMap(int32_t type) {
  const Tagged map = ObjectOf(map_of_maps_, kWordsOfMap);
  Put(map, layout.map_instance_type, static_cast<uint16_t>(type));
  return map;
}

Tagged Heap::MapFor(int32_t type) {
  for (const auto& [known, map] : maps_) {
    if (known == type) return map;
  }
  maps_.emplace_back(type, NewMap(type));
  return maps_.back().second;
}

Tagged Heap::ObjectOf(Tagged map, size_t words) {
  const Tagged object = Tagged::At(Allocate(words * 8));
  Set(object, 0, map);
  return object;
}

Tagged Heap::Move(Tagged object, size_t words) {
  const Tagged copy = Tagged::At(Allocate(words * 8));
  for (size_t i = 0; i < words; ++i) {
    Tagged word;
    CHECK(objects.Load(object, static_cast<int32_t>(i * 8), &word));
    Set(copy, static_cast<int32_t>(i * 8), word);
  }
  Put(object, 0, copy.bits() - 1);
  return copy;
}

Tagged Heap::StringOf(int32_t type, uint32_t length, size_t bytes) {
  const Tagged string = Tagged::At(Allocate(16 + bytes));
  Set(string, 0, MapFor(type));
  Put(string, layout.string_length, length);
  return string;
}

Tagged Heap::OneByte(std::string_view text) {
  const Tagged string = StringOf(kOneByte, static_cast<uint32_t>(text.size()), text.size());
  memory.WriteText(string.Slot(layout.string_chars), text);
  return string;
}

Tagged Heap::TwoByte(std::u16string_view text) {
  const Tagged string = StringOf(kTwoByte, static_cast<uint32_t>(text.size()), text.size() * 2);
  memory.Write(string.Slot(layout.string_chars), text.data(), text.size() * 2);
  return string;
}

Tagged Heap::Cons(Tagged first, Tagged second, uint32_t length) {
  const Tagged string = StringOf(kConsOneByte, length, 16);
  Set(string, layout.cons_first, first);
  Set(string, layout.cons_second, second);
  return string;
}

Tagged Heap::Sliced(Tagged parent, int32_t offset, uint32_t length) {
  const Tagged string = StringOf(kSlicedOneByte, length, 16);
  Set(string, layout.sliced_parent, parent);
  Set(string, layout.sliced_offset, Smi(offset));
  return string;
}

Tagged Heap::Thin(Tagged actual, uint32_t length) {
  const Tagged string = StringOf(kThinOneByte, length, 8);
  Set(string, layout.thin_actual, actual);
  return string;
}

Tagged Heap::External(int32_t type, platform::Address data, uint32_t length) {
  const Tagged string = StringOf(type, length, 16);
  Put(string, layout.external_data, data);
  return string;
}

Tagged Heap::Array(const std::vector<Tagged>& elements, int32_t type) {
  const Tagged array = Object(type < 0 ? layout.type_fixed_array : type, 2 + elements.size());
  Set(array, layout.array_length, Smi(static_cast<int32_t>(elements.size())));
  for (size_t i = 0; i < elements.size(); ++i)
    Set(array, layout.array_data + static_cast<int32_t>(i * 8), elements[i]);
  return array;
}

Tagged Heap::ByteArray(const std::vector<uint8_t>& bytes) {
  const Tagged array = Object(layout.type_byte_array, 2 + (bytes.size() + 7) / 8);
  Set(array, layout.array_length, Smi(static_cast<int32_t>(bytes.size())));
  memory.Write(array.Slot(layout.array_data), bytes.data(), bytes.size());
  return array;
}

}  // namespace gmr::test

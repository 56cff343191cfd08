#include "own_name.h"

#include <algorithm>
#include <cstdio>

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameBytes = 512;
// `name` is the second property of every function, behind `length`.
constexpr uint32_t kMaxSearched = 8;
constexpr uint32_t kMaxSearchedProperties = 64;
// Of a hash table; it has room for some 80 properties.
constexpr int32_t kMaxDictionaryWords = 512;
constexpr size_t kMaxKeyBytes = 128;
constexpr uint32_t kMaxNamedProperties = 256;
constexpr int32_t kMaxSearchedWords = 8192;
constexpr int64_t kWordBytes = 8;
// Map, hash and flags come before it, src/objects/name.h.
constexpr int32_t kSymbolDescription = 16;
// Key, details, value, src/objects/descriptor-array.h.
constexpr int64_t kWordsPerDescriptor = 3;
// Map::bit_field3 and PropertyDetails; all versions export them with these values.
constexpr uint32_t kOwnDescriptorsShift = 10;
constexpr uint32_t kOwnDescriptorsMask = 1023;
constexpr uint32_t kIsDictionary = 1u << 21;
constexpr uint32_t kIsAccessor = 1u << 0;
constexpr uint32_t kIsInDescriptor = 1u << 5;
constexpr uint32_t kFieldIndexShift = 19;
constexpr uint32_t kFieldIndexMask = 1023;

struct Descriptor {
  Tagged key;
  Tagged details;
  Tagged value;
};

// What is looked for.
struct Wanted {
  std::string_view name;
  uint32_t max_searched = 0;
  Tagged symbol;                // instead of a name
  bool is_description = false;  // the name is that of a symbol
  uint32_t skipped = 0;         // properties that fit before the wanted one
};

constexpr Wanted kWantedName{"name", kMaxSearched, {}, false};

bool Is(const HeapReader& heap, const RawStrings& strings, Tagged key, const Wanted& wanted) {
  Tagged description;
  // What is in this place of a string is none.
  if (wanted.is_description)
    return heap.Load(key, kSymbolDescription, &description) && strings.Equals(description, wanted.name);
  return wanted.symbol.IsObject() ? key == wanted.symbol : strings.Equals(key, wanted.name);
}

bool LoadDescriptor(const HeapReader& heap, Tagged descriptors, uint32_t index, Descriptor* descriptor) {
  const platform::Address at =
      descriptors.Slot(heap.layout().descriptors_header) + kWordsPerDescriptor * kWordBytes * index;
  uint64_t words[kWordsPerDescriptor] = {};
  if (!heap.memory().Read(at, words, sizeof words)) return false;
  *descriptor = {Tagged(words[0]), Tagged(words[1]), Tagged(words[2])};
  return descriptor->details.IsSmi();
}

bool FindDescriptor(const HeapReader& heap, const RawStrings& strings, Tagged map, const Wanted& wanted,
                    Descriptor* descriptor) {
  const Layout& layout = heap.layout();
  Tagged descriptors;
  uint32_t bits = 0;
  if (!heap.LoadUint32(map, layout.map_bit_field3, &bits)) return false;
  if (!heap.Load(map, layout.map_descriptors, &descriptors)) return false;
  const int32_t type = heap.TypeOf(&descriptors);
  if (type < 0 || (type != layout.type_descriptors && type != layout.type_strong_descriptors)) return false;
  const uint32_t count = std::min(bits >> kOwnDescriptorsShift & kOwnDescriptorsMask, wanted.max_searched);
  uint32_t to_skip = wanted.skipped;
  for (uint32_t i = 0; i < count; ++i) {
    if (!LoadDescriptor(heap, descriptors, i, descriptor)) return false;
    if (!Is(heap, strings, descriptor->key, wanted)) continue;
    if (to_skip == 0) return true;
    --to_skip;
  }
  return false;
}

// A function that was changed a lot keeps its properties in a hash table: key,
// value, details. Which word it starts with differs between versions; that a
// key is "name" and details are a number is enough to tell.
bool FindInDictionary(const HeapReader& heap, const RawStrings& strings, Tagged object, const Wanted& wanted,
                      Tagged* value) {
  const Layout& layout = heap.layout();
  Tagged dictionary;
  Tagged details;
  Tagged key;
  if (!heap.Load(object, layout.object_properties, &dictionary)) return false;
  if (!heap.Is(&dictionary, layout.type_name_dictionary)) return false;
  const int32_t length = std::min(heap.LengthOf(dictionary), kMaxDictionaryWords);
  uint32_t to_skip = wanted.skipped;
  for (int32_t i = 0; i + 2 < length; ++i) {
    if (!heap.LoadElement(dictionary, i + 2, &details) || !heap.LoadElement(dictionary, i, &key))
      return false;
    if (!details.IsSmi() || !key.IsObject() || !Is(heap, strings, key, wanted)) continue;
    if (to_skip > 0) {
      --to_skip;
      continue;
    }
    return heap.LoadElement(dictionary, i + 1, value);
  }
  return false;
}

// A field is in the object itself as far as it has room, then in an array.
bool LoadField(const HeapReader& heap, Tagged object, Tagged map, uint32_t index, Tagged* value) {
  const Layout& layout = heap.layout();
  uint8_t words = 0;
  uint8_t first = 0;
  if (!heap.memory().Load(map.Slot(layout.map_instance_words), &words)) return false;
  if (!heap.memory().Load(map.Slot(layout.map_first_field_word), &first)) return false;
  const uint32_t in_object = words > first ? words - first : 0u;
  if (index < in_object) return heap.Load(object, static_cast<int32_t>(kWordBytes * (first + index)), value);
  Tagged properties;
  if (!heap.Load(object, layout.object_properties, &properties)) return false;
  if (!heap.Is(&properties, layout.type_property_array)) return false;
  const platform::Address at = properties.Slot(layout.array_data) + kWordBytes * (index - in_object);
  uint64_t bits = 0;
  if (!heap.memory().Load(at, &bits)) return false;
  *value = Tagged(bits);
  return true;
}

bool FindInFields(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged map,
                  const Wanted& wanted, Tagged* value) {
  Descriptor name;
  if (!FindDescriptor(heap, strings, map, wanted, &name)) return false;
  const auto details = static_cast<uint32_t>(name.details.ToSmi());
  *value = name.value;
  if ((details & kIsAccessor) != 0) return false;
  return (details & kIsInDescriptor) != 0 ||
         LoadField(heap, object, map, details >> kFieldIndexShift & kFieldIndexMask, value);
}

bool Find(const HeapReader& heap, const RawStrings& strings, Tagged object, const Wanted& wanted,
          Tagged* value) {
  Tagged map;
  uint32_t bits = 0;
  if (!heap.MapOf(object, &map)) return false;
  if (!heap.LoadUint32(map, heap.layout().map_bit_field3, &bits)) return false;
  return (bits & kIsDictionary) != 0 ? FindInDictionary(heap, strings, object, wanted, value)
                                     : FindInFields(heap, strings, object, map, wanted, value);
}

// Private names are symbols too, whose description begins with their `#`.
const char* CopyKey(const HeapReader& heap, const RawStrings& strings, Tagged key) {
  Tagged description;
  char text[kMaxKeyBytes];
  if (strings.IsString(&key)) return strings.Copy(key, kMaxKeyBytes);
  if (!heap.Load(key, kSymbolDescription, &description) ||
      !strings.CopyTo(description, text, sizeof text - 2))
    return nullptr;
  if (text[0] == '#') return strings.Keep(text);
  char marked[kMaxKeyBytes + 2];
  std::snprintf(marked, sizeof marked, "[%s]", text);
  return strings.Keep(marked);
}

const char* NameInDictionary(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged value) {
  const Layout& layout = heap.layout();
  Tagged dictionary;
  Tagged word;
  Tagged key;
  if (!heap.Load(object, layout.object_properties, &dictionary) ||
      !heap.Is(&dictionary, layout.type_name_dictionary))
    return nullptr;
  const int32_t length = std::min(heap.LengthOf(dictionary), kMaxSearchedWords);
  for (int32_t i = 1; i < length; ++i) {
    if (heap.LoadElement(dictionary, i, &word) && word == value &&
        heap.LoadElement(dictionary, i - 1, &key) && key.IsObject())
      return CopyKey(heap, strings, key);
  }
  return nullptr;
}

const char* NameInFields(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged map,
                         Tagged value) {
  const Layout& layout = heap.layout();
  Tagged descriptors;
  uint32_t bits = 0;
  if (!heap.LoadUint32(map, layout.map_bit_field3, &bits) ||
      !heap.Load(map, layout.map_descriptors, &descriptors))
    return nullptr;
  const int32_t type = heap.TypeOf(&descriptors);
  if (type < 0 || (type != layout.type_descriptors && type != layout.type_strong_descriptors)) return nullptr;
  const uint32_t count = std::min(bits >> kOwnDescriptorsShift & kOwnDescriptorsMask, kMaxNamedProperties);
  for (uint32_t i = 0; i < count; ++i) {
    Descriptor descriptor;
    Tagged field;
    if (!LoadDescriptor(heap, descriptors, i, &descriptor)) return nullptr;
    const auto details = static_cast<uint32_t>(descriptor.details.ToSmi());
    if ((details & (kIsAccessor | kIsInDescriptor)) != 0) continue;
    if (LoadField(heap, object, map, details >> kFieldIndexShift & kFieldIndexMask, &field) && field == value)
      return CopyKey(heap, strings, descriptor.key);
  }
  return nullptr;
}

}  // namespace

const char* NameOfValue(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged value) {
  Tagged map;
  uint32_t bits = 0;
  if (!heap.MapOf(object, &map) || !heap.LoadUint32(map, heap.layout().map_bit_field3, &bits)) return nullptr;
  return (bits & kIsDictionary) != 0 ? NameInDictionary(heap, strings, object, value)
                                     : NameInFields(heap, strings, object, map, value);
}

bool ReadOwnProperty(const HeapReader& heap, const RawStrings& strings, Tagged object, std::string_view name,
                     Tagged* value) {
  return Find(heap, strings, object, {name, kMaxSearchedProperties, {}, false}, value);
}

bool ReadOwnProperty(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged symbol,
                     Tagged* value) {
  return Find(heap, strings, object, {"", kMaxSearchedProperties, symbol, false}, value);
}

bool ReadOwnDescribed(const HeapReader& heap, const RawStrings& strings, Tagged object,
                      std::string_view description, Tagged* value) {
  return Find(heap, strings, object, {description, kMaxSearchedProperties, {}, true}, value);
}

int ReadAllDescribed(const HeapReader& heap, const RawStrings& strings, Tagged object,
                     std::string_view description, Tagged* values, int room) {
  Wanted wanted{description, kMaxSearchedProperties, {}, true};
  int count = 0;
  while (count < room && Find(heap, strings, object, wanted, values + count)) {
    ++wanted.skipped;
    ++count;
  }
  return count;
}

PropertyPlace FindPlace(const HeapReader& heap, const RawStrings& strings, Tagged map, std::string_view name,
                        bool is_description) {
  PropertyPlace place;
  uint32_t bits = 0;
  Descriptor found;
  if (!heap.LoadUint32(map, heap.layout().map_bit_field3, &bits)) return place;
  if ((bits & kIsDictionary) != 0) {
    place.kind = PropertyPlace::Kind::kDictionary;
    return place;
  }
  if (!FindDescriptor(heap, strings, map, {name, kMaxSearchedProperties, {}, is_description}, &found))
    return place;
  const auto details = static_cast<uint32_t>(found.details.ToSmi());
  if ((details & kIsAccessor) != 0) return place;
  place.kind =
      (details & kIsInDescriptor) != 0 ? PropertyPlace::Kind::kConstant : PropertyPlace::Kind::kField;
  place.field = details >> kFieldIndexShift & kFieldIndexMask;
  place.constant = found.value;
  return place;
}

bool LoadPlace(const HeapReader& heap, Tagged object, Tagged map, const PropertyPlace& place, Tagged* value) {
  *value = place.constant;
  if (place.kind == PropertyPlace::Kind::kConstant) return true;
  return place.kind == PropertyPlace::Kind::kField && LoadField(heap, object, map, place.field, value);
}

uint32_t OwnProperties(const HeapReader& heap, Tagged object) {
  Tagged map;
  uint32_t bits = 0;
  if (!heap.MapOf(object, &map) || !heap.LoadUint32(map, heap.layout().map_bit_field3, &bits) ||
      (bits & kIsDictionary) != 0)
    return 0;
  return bits >> kOwnDescriptorsShift & kOwnDescriptorsMask;
}

const char* ReadOwnName(const HeapReader& heap, const RawStrings& strings, Tagged function) {
  Tagged value;
  if (!heap.IsFunction(&function) || !Find(heap, strings, function, kWantedName, &value)) return nullptr;
  // An AccessorInfo is no string: then the name is the one in the source.
  return strings.Copy(value, kMaxNameBytes);
}

}  // namespace gmr::vm

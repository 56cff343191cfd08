// OwnName: the `name` property of a function object, where it has one of its own;
// and the other properties that an object itself has.
//
// Owns:        nothing; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    the text is valid until the Arena is reset.
//
// Most functions have an accessor there, which yields the name in their source.
// Methods with a computed name have a string: ['a' + 1]() {}, [Symbol.iterator]() {};
// and so has what a library renamed.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_OWN_NAME_H_
#define GMR_NATIVE_IMAGE_OBJECTS_OWN_NAME_H_

#include <string_view>

#include "raw_strings.h"
#include "tagged.h"

namespace gmr::vm {

// The value of an own property that is no accessor, among the first 64 of the
// object. False: there is none.
bool ReadOwnProperty(const HeapReader& heap, const RawStrings& strings, Tagged object, std::string_view name,
                     Tagged* value);

// The same by a symbol.
bool ReadOwnProperty(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged symbol,
                     Tagged* value);

// The same by what a symbol of Node's own, whose address is not known, describes.
bool ReadOwnDescribed(const HeapReader& heap, const RawStrings& strings, Tagged object,
                      std::string_view description, Tagged* value);

// The values of all own properties whose symbols have this description, at most `room`. The number of them.
int ReadAllDescribed(const HeapReader& heap, const RawStrings& strings, Tagged object,
                     std::string_view description, Tagged* values, int room);

// The name of the first own property whose value is `value`: a string, `#name` of a private one, or `[name]`
// of a symbol. nullptr: none.
const char* NameOfValue(const HeapReader& heap, const RawStrings& strings, Tagged object, Tagged value);

// The number of an object's own properties, without elements. 0 also if it keeps them in a dictionary.
uint32_t OwnProperties(const HeapReader& heap, Tagged object);

// Where objects of one map keep an own property. It stays right as long as the map does.
struct PropertyPlace {
  enum class Kind : uint8_t {
    kNone,  // there is none, or it is an accessor
    kField,
    kConstant,    // all of them have the same value
    kDictionary,  // each has a table of its own
  };

  Kind kind = Kind::kNone;
  uint32_t field = 0;
  Tagged constant;
};

// `is_description`: `name` is what a symbol describes.
PropertyPlace FindPlace(const HeapReader& heap, const RawStrings& strings, Tagged map, std::string_view name,
                        bool is_description);
// False also for kDictionary.
bool LoadPlace(const HeapReader& heap, Tagged object, Tagged map, const PropertyPlace& place, Tagged* value);

// nullptr: none.
const char* ReadOwnName(const HeapReader& heap, const RawStrings& strings, Tagged function);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_OWN_NAME_H_

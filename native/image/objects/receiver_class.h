// ReceiverClass: the name of the class that an object is of.
//
// Owns:        nothing; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    the text is valid until the Arena is reset.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_RECEIVER_CLASS_H_
#define GMR_NATIVE_IMAGE_OBJECTS_RECEIVER_CLASS_H_

#include <cstdint>

#include "shared_function.h"

namespace gmr::vm {

class ReceiverClass {
 public:
  ReceiverClass(const HeapReader* heap, const RawStrings* strings, FunctionTable* functions)
      : heap_(heap), strings_(strings), functions_(functions) {}

  // "": not an object, of no class, or of plain Object. Of a class itself, its
  // own name: the method is static.
  const char* NameOf(Tagged object);

  // The file of that class; "": unknown, or one of V8's own.
  const char* FileOf(Tagged object);

  // The same of the objects that have this map.
  const char* NameOfMap(Tagged map) { return FindByMap(map).name; }
  const char* FileOfMap(Tagged map) { return FindByMap(map).file; }

  // The Symbol.toStringTag that an object itself has. "": none, or no string.
  const char* TagOf(Tagged object);

  // The class that has this prototype. False: not known.
  bool ClassOfPrototype(Tagged prototype, FunctionInfo* info);

  // Calls `is_it(name)` with the name of its class, and then of each class that this one extends, until
  // `is_it` returns true. Classes without a name are skipped.
  template <typename IsIt>
  bool AnyClass(Tagged object, IsIt is_it) {
    for (int i = 0; i < kMaxClasses && object.IsObject(); ++i) {
      const char* name = i == 0 ? NameOf(object) : NameOfPrototype(object);
      if (name == nullptr) return false;
      if (*name != '\0' && is_it(name)) return true;
      if (!PrototypeOf(&object)) return false;
    }
    return false;
  }

  // What precedes the name of a method, as in V8's own traces: its receiver's class, `Proxy`, `String` for a
  // string, the Symbol.toStringTag of a plain object. "": nothing, or the name begins with
  // it. V8 prefers the tag to the class where a class extends one that has a tag, as Map; this prefers the
  // class.
  const char* PrefixOf(Tagged receiver, const char* function_name);

 private:
  static constexpr int kMaxClasses = 6;
  static constexpr int kMaxPrototypes = 4;
  static constexpr int kMaxFields = 64;
  static constexpr int kMaxBackPointers = 100;
  static constexpr int kKnown = 32;

  // Classes of many objects are looked for again and again.
  struct Known {
    Tagged map;
    const char* name = nullptr;
    const char* file = nullptr;
    uint32_t generation = 0;
  };

  bool IsReceiver(Tagged* object) const;
  bool PrototypeOf(Tagged* object) const;
  // The name of the class that has this prototype; "": not known; nullptr: it is not an object.
  const char* NameOfPrototype(Tagged prototype);
  const char* FunctionName(Tagged function);
  bool ReadClass(Tagged constructor, FunctionInfo* info);
  const Known& FindByMap(Tagged map);
  FunctionInfo FindClass(Tagged map);
  const char* TypeName(Tagged receiver);
  bool FindConstructor(Tagged prototype, Tagged* constructor) const;
  bool IsConstructorOf(Tagged function, Tagged prototype) const;
  bool FindInMap(Tagged map, Tagged* constructor) const;

  const HeapReader* heap_;
  const RawStrings* strings_;
  FunctionTable* functions_;
  Known known_[kKnown];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_RECEIVER_CLASS_H_

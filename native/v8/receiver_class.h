// ReceiverClass: the name of the class that an object is of.
//
// Owns:        nothing; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    the text is valid until the Arena is reset.
#ifndef GMR_NATIVE_V8_RECEIVER_CLASS_H_
#define GMR_NATIVE_V8_RECEIVER_CLASS_H_

#include "heap_layout.h"
#include "shared_function.h"

namespace gmr::vm {

class ReceiverClass {
 public:
  ReceiverClass(const HeapReader* heap, const HeapLayout* layout, FunctionTable* functions)
      : heap_(heap), layout_(layout), functions_(functions) {}

  // "": not an object, of no class, or of plain Object. Of a class itself, its
  // own name: the method is static.
  const char* NameOf(Tagged object);

 private:
  static constexpr int kMaxPrototypes = 4;
  static constexpr int kMaxFields = 64;
  static constexpr int kMaxBackPointers = 100;

  bool IsReceiver(Tagged* object) const;
  const char* FunctionName(Tagged function);
  bool FindConstructor(Tagged prototype, Tagged* constructor) const;
  bool IsConstructorOf(Tagged function, Tagged prototype) const;
  bool FindInMap(Tagged map, Tagged* constructor) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  FunctionTable* functions_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_RECEIVER_CLASS_H_

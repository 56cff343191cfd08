// HolderNames: what to call an object that somebody waits for.
//
// Owns:        nothing; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    texts are valid until the Arena is reset.
#ifndef GMR_NATIVE_IMAGE_GREEN_HOLDER_NAMES_H_
#define GMR_NATIVE_IMAGE_GREEN_HOLDER_NAMES_H_

#include "../objects/receiver_class.h"
#include "async_places.h"

namespace gmr::vm {

struct HolderName {
  const char* text = "";
  // It tells what is waited for; else what holds it is looked at too.
  bool final = false;
  // A request of Node's own, which settles the promise that it holds.
  bool is_request = false;
};

class HolderNames {
 public:
  HolderNames(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
              const RawStrings* strings, AsyncPlaces* places)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        strings_(strings),
        places_(places),
        classes_(heap, strings, &places->functions()) {}

  HolderName OfObject(Tagged object);
  // "callback onData (file:line:column)". `is_own`: it is of Node's.
  const char* OfCallback(Tagged function, bool* is_own);

 private:
  static constexpr size_t kMaxText = 400;

  const char* Copy(const char* text) const;
  bool ReadNumber(Tagged object, const char* property, double* number) const;
  const char* OfTimer(Tagged object);
  const char* WithProperties(Tagged object, const char* label, const char* const* properties);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const RawStrings* strings_;
  AsyncPlaces* places_;
  ReceiverClass classes_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_HOLDER_NAMES_H_

// HolderKinds: of what kind an object is that leads to who settles a promise, and what to call it.
//
// Owns:        a few remembered answers; text goes into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    texts are valid until the Arena is reset; Reset() before that.
#ifndef GMR_NATIVE_IMAGE_GREEN_HOLDER_KINDS_H_
#define GMR_NATIVE_IMAGE_GREEN_HOLDER_KINDS_H_

#include "../objects/receiver_class.h"
#include "async_places.h"
#include "wait_rules.h"

namespace gmr::vm {

struct HolderClass {
  // "Array", "Map"; "": a plain object. Never null.
  const char* name = "";
  // Where its constructor is; "": unknown, or one of V8's own.
  const char* file = "";
  HolderShape shape = HolderShape::kPlain;
};

// A setTimeout() that has not fired yet.
struct HeldTimer {
  double after_ms = -1;
  double left_ms = -1;  // -1: unknown
  bool is_over = false;
  bool repeats = false;  // an interval
};

class HolderKinds {
 public:
  HolderKinds(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
              const RawStrings* strings, AsyncPlaces* places)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        strings_(strings),
        places_(places),
        classes_(heap, strings, &places->functions()) {}

  void Reset();
  // The class of an object that is not a function.
  HolderClass Of(Tagged object);
  // The same, read from memory again instead of the cache.
  HolderClass OfNow(Tagged object);
  // Whether a class is one with which the library of a promise settles such promises.
  static bool IsPromiseHelper(const HolderClass& of, const HolderClass& promise);
  HeldTimer ReadTimer(Tagged object) const;
  // "http request GET localhost" of a request or a known class of Node's; "": no such thing.
  // Without values, only its kind: "http request".
  const char* DescribeRequest(Tagged object, const HolderClass& known, bool with_values) const;
  // The place of a function of the program or of Node's; kNoIndex: it has none.
  uint32_t PlaceOf(Tagged function);
  const AsyncPlaces& places() const { return *places_; }

 private:
  struct Known {
    Tagged map;
    HolderClass answer;
  };

  static constexpr size_t kKnown = 64;
  static constexpr size_t kMaxText = 400;
  static constexpr int kMaxPrototypes = 5;
  static constexpr uint32_t kMaxNodeProperties = 5;

  bool ReadNumber(Tagged object, const char* property, double* number) const;
  HolderShape ShapeOf(Tagged object, const HolderClass& named) const;
  bool HasThen(Tagged object) const;
  bool IsAborted(Tagged signal) const;
  bool IsListNode(Tagged object) const;
  bool HasListData(Tagged object) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const RawStrings* strings_;
  AsyncPlaces* places_;
  ReceiverClass classes_;
  Known known_[kKnown];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_HOLDER_KINDS_H_

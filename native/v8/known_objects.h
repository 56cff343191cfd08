// KnownObjects: promises and suspended functions of which everything is known.
//
// Owns:        handles, so that the objects live; they belong to the handle
//              scope that was open when they were made.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    make them in a handle scope, and call Finish() in the same one.
//
// heap_calibration.h looks for their fields. They are made by a script of ten
// milliseconds at most, "gmr:self-test"; dumps leave out what is in it.
#ifndef GMR_NATIVE_V8_KNOWN_OBJECTS_H_
#define GMR_NATIVE_V8_KNOWN_OBJECTS_H_

#include <v8.h>

#include <vector>

#include "../image/objects/tagged.h"

namespace gmr::vm {

// In the order in which the script returns them. A "source" is a pending
// promise on which nothing but the named object waits.
enum class Known : uint8_t {
  kFirstSource,   // of first()
  kReceiver,      // its `this`
  kFirst,         // async function, suspended at its first await
  kFirstPromise,  // what it returned
  kSecondSource,
  kSecond,  // async function, suspended at its second await
  kSecondPromise,
  kAllSource,
  kAll,
  kSettledSource,
  kAllSettled,
  kAnySource,
  kAny,
  kRaceSource,
  kRace,
  kThenSource,
  kOnFulfilled,
  kThen,
  kCatchSource,
  kOnRejected,
  kAsyncGeneratorSource,
  kAsyncGenerator,  // awaits, with two requests
  kFirstRequest,    // the promises of its requests
  kSecondRequest,
  kIdleAsyncGenerator,
  kFresh,  // pending, nobody waits
  kFulfilled,
  kResolve,  // the functions that kFresh was made with
  kReject,
  kGenerator,  // plain, suspended at a yield
  kEmpty,      // {}
  kFrozen,     // Object.freeze(new Promise(...))
  kBound,      // a bound function, and what it was made of
  kBoundTarget,
  kBoundReceiver,
  kBoundArgument,
  kMap,
  kSet,
  kWeakMap,
  kWeakSet,
  kTimer,  // a timer, cancelled; {} where there are none
  kCount
};

struct KnownFunction {
  const char* name = "";
  int line = 0;
  int column = 0;
};

class KnownObjects {
 public:
  // False: the script did not run.
  bool Make(v8::Isolate* isolate, v8::Local<v8::Context> context);

  Tagged operator[](Known which) const;
  // What waits, and where: all that a dump must find.
  static std::vector<KnownFunction> Functions();
  // Offsets in the script of the awaits of first() and second().
  static int32_t FirstAwait();
  static int32_t SecondAwait();

  // Resolves all promises, so that the functions end with the next microtasks.
  void Finish();

 private:
  v8::Isolate* isolate_ = nullptr;
  v8::Local<v8::Context> context_;
  v8::Local<v8::Value> objects_[static_cast<size_t>(Known::kCount)];
  v8::Local<v8::Value> finish_;
};

// The word that a handle stands for: the object's address.
Tagged TaggedOf(v8::Local<v8::Value> value);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_KNOWN_OBJECTS_H_

// ReactionReader: who goes on when a promise settles, read from a PromiseReaction.
//
// Owns:        a few remembered answers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_GRAPH_REACTION_READER_H_
#define GMR_NATIVE_IMAGE_GRAPH_REACTION_READER_H_

#include <cstdint>

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../scan/handler_reader.h"
#include "../scan/suspended_object.h"
#include "module_reader.h"

namespace gmr::vm {

// What stands between a promise and who waits. Bits, as they may come together.
inline constexpr uint8_t kViaAll = 1;
inline constexpr uint8_t kViaAllSettled = 2;
inline constexpr uint8_t kViaAny = 4;
// A function that `new Promise` gave its executor: Promise.race, a promise that
// was returned or resolved with another, a thenable.
inline constexpr uint8_t kViaResolve = 8;
inline constexpr uint8_t kViaThen = 16;
// The evaluation of an ES module.
inline constexpr uint8_t kViaImport = 32;
// The bits that do not say how many of several promises must settle.
inline constexpr uint8_t kViaUnsaid = kViaResolve | kViaThen | kViaImport;

struct Reaction {
  Tagged object;  // itself
  // A suspended function that awaits, or 0.
  Tagged function;
  // A plain generator that a compiler's helper drives: what is known of it.
  bool is_driven = false;
  SuspendedObject driven;
  // Else the promise that depends on this one, or 0. For a driven generator, the promise that the helper's
  // call of then() returned.
  Tagged promise;
  uint8_t via = 0;
  // Beside the promise: the one that then() returned where it was given functions that settle another one. 0:
  // none.
  Tagged derived;
  // Or the ES module whose top-level code ends with it: other promises may depend on that. 0: none.
  Tagged module;
  // A function of the program's that was given to then(), catch() or finally(), or 0. Of one that bind()
  // made, the function behind it.
  Tagged callback;
  Tagged next;
};

class ReactionReader {
 public:
  ReactionReader(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
                 const RawStrings* strings)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        strings_(strings),
        handlers_(heap, layout),
        modules_(heap, layout) {}

  // Before each dump.
  void Reset();

  // False: `object` is no reaction.
  bool Read(Tagged object, Reaction* reaction);

  // All promises that depend on the one with this reaction, with what stands between.
  template <typename Visit>
  void ForEachPromise(const Reaction& reaction, Visit visit) const {
    if (reaction.promise.IsObject()) visit(reaction.promise, reaction.via);
    if (reaction.derived.IsObject()) visit(reaction.derived, kViaThen);
    if (!reaction.module.IsObject()) return;
    Tagged promises[ModuleReader::kMaxPromises];
    const size_t count = modules_.ReadPromises(reaction.module, promises);
    for (size_t i = 0; i < count; ++i) visit(promises[i], reaction.via);
  }

  // The next request of an async generator. False: there is none.
  bool ReadRequest(Tagged* request, Tagged* promise) const;

  const HeapLayout& layout() const { return *layout_; }

 private:
  // The function of the program that a generator made of plain objects runs.
  struct Body {
    Tagged function;  // 0: the generator is one of the language
    Tagged receiver;  // 0: not known
  };
  // What a compiler's helper keeps for one call.
  struct Driver {
    Tagged generator;
    Body body;
    Tagged promise;
  };
  // Functions of one source that were looked at for a generator, in vain.
  struct Miss {
    Tagged shared;
    uint32_t count = 0;
  };

  static constexpr size_t kMisses = 64;
  static constexpr uint32_t kMaxMisses = 4;
  static constexpr int kMaxLevels = 3;
  static constexpr int kMaxBound = 4;
  static constexpr int kMaxSlots = 32;

  bool ReadHandler(Tagged object, Handler* handler) const;
  Tagged FinallyHandler(const Handler& handler) const;
  void ReadBuiltin(const Handler& handler, Tagged reject, Tagged target, Reaction* reaction) const;
  bool ReadDriver(const Handler& handler, Reaction* reaction);
  void SearchContext(Tagged context, Driver* driver) const;
  bool FindBody(Tagged object, Body* body) const;
  bool FindBodyIn(Tagged context, Body* body) const;
  bool FindRegeneratorBodyIn(Tagged context, Body* body) const;
  int RegeneratorReceiver(Tagged object) const;
  Tagged PromiseOf(Tagged target) const;
  Tagged PromiseOfResolver(Tagged function) const;
  Tagged PromiseOfQueue(Tagged object) const;
  bool LoadElementOf(Tagged array, int64_t index, Tagged* value) const;
  bool ReadSuspended(const Driver& driver, SuspendedObject* suspended) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const RawStrings* strings_;
  HandlerReader handlers_;
  ModuleReader modules_;
  Miss misses_[kMisses];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GRAPH_REACTION_READER_H_

// ResourceHolders: which suspended functions have what a resource hands out, such as clients of a pool, a
// lock or slots of a limiter.
//
// Owns:        its results.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    results until the next Reset(); that of the graph, the groups and the answers.
//
// Explainers define what a resource hands out (wanted_values.h). A function has a thing if one of its own
// variables holds it, or if the function is a method of the resource and awaits a function of the program. A
// thing that unrelated functions hold is omitted. So is one in a variable that may merely not have been
// overwritten: the function's source must still give it back (text/giving_back.h).
#ifndef GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_
#define GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "wait_answers.h"

namespace gmr::vm {

// Functions at the same place that hold something of the same resource.
struct HolderGroup {
  uint32_t function = kNoIndex;   // one of them
  uint32_t innermost = kNoIndex;  // the innermost function of its chain; may be itself
  uint32_t count = 0;
};

struct HeldResource {
  Tagged object;
  uint32_t id = 0;  // the same in each group that waits for it
  // Things in use; -1: not known.
  int32_t in_use = -1;
  std::vector<HolderGroup> holders;
};

class ResourceHolders {
 public:
  ResourceHolders(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
                  const AsyncGraph* graph, const AsyncGroups* groups, AsyncPlaces* places,
                  const WaitAnswers* answers, WaitSearch* search)
      : heap_(heap),
        layout_(layout),
        strings_(strings),
        graph_(graph),
        groups_(groups),
        places_(places),
        answers_(answers),
        search_(search),
        classes_(heap, strings, &places->functions()),
        values_(heap, layout, strings, &classes_, &search->scopes()) {}

  void Reset(const WantedValues* wanted);
  // Reads memory as it is now. If the deadline passes, there are no results.
  void Run(int64_t deadline_ns);

  // nullptr: it is not known to hand out anything, or there was not enough time.
  const HeldResource* Find(Tagged resource) const;
  // The suspended function whose result `function` awaits; kNoIndex: none.
  uint32_t AwaitedBy(uint32_t function) const;
  // The reported group of functions that wait at the same places as this innermost one; kNoIndex: none.
  uint32_t GroupOf(uint32_t innermost) const;

 private:
  // One function that has one thing.
  struct Claim {
    uint32_t resource = 0;
    Tagged token;
    uint32_t function = kNoIndex;
    uint32_t innermost = kNoIndex;
    bool is_certain = false;  // the function waits for an answer of it, or runs the resource's own code
  };
  struct Resource {
    HeldResource held;
    const WantedRow* row = nullptr;
    bool is_scope = false;
  };

  void Collect();
  void AddResource(const Holder& holder);
  void CollectTokens(uint32_t resource);
  void Look(uint32_t function);
  void LookAtWord(uint32_t function, Tagged word);
  void LookAtScopes(uint32_t function);
  void LookAtReleaser(uint32_t function, Tagged closure);
  void LookAtWrapper(uint32_t function, Tagged object);
  void LookAtMethod(uint32_t function);
  Tagged ReceiverOf(const SuspendedObject& suspended);
  bool IsArrowOf(uint32_t function, const Resource& resource);
  Tagged VariableAround(Tagged function, const char* name);
  void Add(uint32_t resource, Tagged token, uint32_t function, bool is_certain);
  uint32_t InnermostOf(uint32_t function) const;
  bool IsCaller(uint32_t function, uint32_t of) const;
  // Whether the innermost function waits for this object, or for something that it leads to.
  bool WaitsFor(uint32_t innermost, Tagged object) const;
  bool IsStale(const Claim& claim);
  bool MayStillHave(uint32_t function);
  void Decide();
  void Tell(const Claim& claim);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  const AsyncGraph* graph_;
  const AsyncGroups* groups_;
  AsyncPlaces* places_;
  const WaitAnswers* answers_;
  WaitSearch* search_;
  ReceiverClass classes_;
  ValueReader values_;
  const WantedValues* wanted_ = nullptr;
  std::vector<Resource> resources_;
  // Address of a token -> its resource.
  platform::NumberTable tokens_{kMaxTokens};
  std::vector<Claim> claims_;
  std::vector<uint32_t> group_of_chain_;
  // For each place, whether a function that waits there may still have what it took.
  std::map<uint32_t, bool> may_have_;

  static constexpr size_t kMaxTokens = 100'000;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_

// ResourceHolders: which suspended functions have what a resource hands out: clients of a pool, a lock,
// slots.
//
// Owns:        what it found.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until the next Reset(); of the graph, the groups and the answers.
//
// Explainers tell what a resource hands out (wanted_values.h). A function has it when it is in one of its own
// variables, or when the function is a method of the resource and does not wait for it. What is found twice
// is left out, and so is what a variable may hold only because nobody has overwritten it: by the source of
// the function it must still have to give that back (text/giving_back.h).
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
  uint32_t innermost = kNoIndex;  // what it waits for in the end; itself where it waits directly
  uint32_t count = 0;
};

struct HeldResource {
  Tagged object;
  uint32_t id = 0;  // the same wherever it is told
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
  // From memory as it is now. Ends at the deadline, and then nothing is told.
  void Run(int64_t deadline_ns);

  // nullptr: it hands out nothing, or nobody is known to have it.
  const HeldResource* Find(Tagged resource) const;
  // The function whose result `function` awaits; kNoIndex: none that is suspended.
  uint32_t AwaitedBy(uint32_t function) const;
  // The group of functions that wait at the same places as this innermost one; kNoIndex: none that is told.
  uint32_t GroupOf(uint32_t innermost) const;

 private:
  // Who has one thing.
  struct Claim {
    uint32_t resource = 0;
    Tagged token;
    uint32_t function = kNoIndex;
    uint32_t innermost = kNoIndex;
    bool is_certain = false;  // the function waits for an answer of it, or runs the resource's own code
  };
  struct Resource {
    HeldResource told;
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
  // Whether what the innermost function of `claim` waits for is, or leads to, this object.
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
  // By place: whether a function that waits there may still have what it took.
  std::map<uint32_t, bool> may_have_;

  static constexpr size_t kMaxTokens = 100'000;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_

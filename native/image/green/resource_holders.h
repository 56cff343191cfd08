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
// overwritten: the function's source must still give it back (text/giving_back.h), and if it calls a method
// to do so, no other object in its variables may be meant.
#ifndef GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_
#define GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../locks/lock_code.h"
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
  bool has_cancellers = false;
  // Something else than its holders may give it back.
  bool is_shared = false;
  // Of its class, and of what has it.
  std::string file;
  std::vector<std::string> owner_files;
  std::vector<HolderGroup> holders;
  // Of the program's own code: `object` is where the waits for it end.
  bool is_own = false;
  // The objects or Contexts that have the lists from which the holders will take. Of own resources only.
  std::vector<Tagged> list_owners;
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
        values_(heap, layout, strings, &classes_, &search->scopes()),
        code_(heap, layout, strings, &search->scopes(), &search->uses()) {}

  void Reset(const WantedValues* wanted);
  // Reads memory as it is now. If the deadline passes, there are no results.
  void Run(int64_t deadline_ns);

  // Whether waits for one of the resources can be ended from the outside.
  bool has_cancellers() const;
  // nullptr: it is not known to hand out anything, or there was not enough time.
  const HeldResource* Find(Tagged resource) const;
  // The resource of the program's own code in which the waits of a group end. nullptr: none is known, or the
  // functions that were examined do not all wait for the same one.
  const HeldResource* FindOwn(uint32_t group, const Holder& end) const;
  // The suspended function whose result `function` awaits; kNoIndex: none.
  uint32_t AwaitedBy(uint32_t function) const;

 private:
  // One function that has one thing.
  struct Claim {
    uint32_t resource = 0;
    Tagged token{};
    Tagged variable{};  // what the variable has: the token, or a wrapper around it
    uint32_t function = kNoIndex;
    uint32_t innermost = kNoIndex;
    bool is_certain = false;   // the function runs the resource's own code
    bool is_own = false;       // `resource` is one of `own_`
    bool by_releaser = false;  // it has the function that releases the token, which was not called yet
  };
  struct Resource {
    HeldResource held;
    const WantedRow* row = nullptr;
    bool is_scope = false;
  };

  // A list by which waits for an own resource lead.
  struct OwnList {
    uint32_t resource = 0;
    LockList list;
    bool is_list = false;           // the waiters are in it, not under a key
    std::vector<uint32_t> waiters;  // some of them
  };
  struct LockUse {
    uint32_t function = kNoIndex;
    Tagged object{};
    bool is_bare = false;  // by functions in variables
  };

  // In own_locks.cc.
  void AddOwn(const WaitEnd& end, uint32_t waiter);
  void AddOwnList(const LockList& list, uint32_t resource, uint32_t waiter, bool is_list);
  std::vector<const OwnList*> ListsOf(Tagged receiver, Tagged function);
  void LookAtLock(uint32_t function);
  void AddOwnClaim(const OwnList& own, uint32_t function, Tagged token);
  void LookAtTurn(uint32_t function);
  void LookAtTask(const AsyncEdge& edge);
  uint32_t UserOf(uint32_t function) const;
  bool HasWaiterBefore(const OwnList& own, uint32_t function, Tagged receiver);
  void LookAtOwnReleasers(uint32_t function, size_t count);
  Tagged GivenBackBy(Tagged* function);
  Tagged ThisOf(const SuspendedObject& suspended);
  Tagged ThisAround(Tagged function);
  const CodePlace* OwnPlaceOf(uint32_t function) const;
  const std::vector<LockCall>& LockCallsOf(uint32_t function);
  Tagged RootOf(uint32_t function, const LockCall& call);
  Tagged VariableSeenBy(uint32_t function, const std::string& name) const;
  Tagged OnlyLockOf(uint32_t function, const std::string& method);
  LockUse UseOf(uint32_t function, const LockCall& call);
  Tagged FunctionOf(const LockUse& use, const std::string& name) const;
  bool IsTaken(const OwnList& own, const LockUse& use, const LockCall& call);
  bool IsWaitedIn(const OwnList& own, const std::string& name, Tagged taking);
  bool IsInside(uint32_t function, Tagged method) const;

  uint32_t ProducerOf(uint32_t promise) const;
  void Collect();
  void AddResource(const Holder& holder, const WaitEnd& end);
  void CollectTokens(uint32_t resource);
  void Look(uint32_t function);
  void LookAtWord(uint32_t function, Tagged word);
  // Calls `visit` for the objects in variables of a suspended call.
  void ForEachVariable(uint32_t function, const std::function<void(Tagged)>& visit);
  void ForEachInScopes(const SuspendedObject& suspended, const std::function<void(Tagged)>& visit);
  void LookAtReleaser(uint32_t function, Tagged closure);
  void LookAtWrapper(uint32_t function, Tagged object);
  void LookAtMethod(uint32_t function);
  Tagged ReceiverOf(const SuspendedObject& suspended);
  bool IsArrowOf(uint32_t function, const Resource& resource);
  Tagged VariableAround(Tagged function, const char* name);
  void Add(Claim claim);
  uint32_t InnermostOf(uint32_t function) const;
  bool IsCaller(uint32_t function, uint32_t of) const;
  // Whether the innermost function waits for this object, or for something that it leads to.
  bool WaitsFor(uint32_t innermost, Tagged object) const;
  bool IsStale(const Claim& claim);
  const GivingBack& GivingBackOf(uint32_t function);
  size_t CountWith(uint32_t function, const std::string& method);
  bool HasMethod(Tagged object, const std::string& name);
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
  // Address of a resource -> its index.
  platform::NumberTable by_object_{kMaxTokens};
  std::vector<HeldResource> own_;
  std::map<uint64_t, uint32_t> own_by_end_;
  // By the object, or the Context.
  std::map<uint64_t, std::vector<OwnList>> own_lists_;
  // By place.
  std::map<uint32_t, std::vector<LockCall>> lock_calls_;
  LockCode code_;
  bool has_releasers_ = false;
  std::vector<Claim> claims_;
  // What functions that wait at each place do with what they took.
  std::map<uint32_t, GivingBack> giving_back_;
  // By map and name.
  std::map<std::pair<uint64_t, std::string>, bool> has_method_;

  static constexpr size_t kMaxTokens = 100'000;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_RESOURCE_HOLDERS_H_

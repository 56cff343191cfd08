// WaitSearch: finds who can settle promises, backwards from them, for all of them together.
//
// Owns:        the graph of what it found.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: a large heap is searched with a second thread.
// Lifetime:    until the next Reset(); of the graph of promises. Texts until the Arena is reset.
//
// From a promise it goes to those that it depends on, however many, and from the last one to the functions
// that resolve and reject it; to what holds these, and so on. Which ways are followed is in wait_rules.h. All
// closures of a scope hang together in the heap, so from a variable on it follows only those whose source
// mentions it.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_SEARCH_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_SEARCH_H_

#include "../graph/async_graph.h"
#include "../objects/variable_use.h"
#include "../scan/list_chains.h"
#include "../values/wanted_values.h"
#include "holder_shapes.h"

namespace gmr::vm {

// In `inner` of a promise: how it has to be settled, so that the one that was asked for is.
inline constexpr WaitRole kByBoth = WaitRole::kPromise;
inline constexpr WaitRole kByFulfilment = WaitRole::kFunction;
inline constexpr WaitRole kByRejection = WaitRole::kReaction;
// By whatever lets a function go on that awaits it.
inline constexpr WaitRole kByEither = WaitRole::kContainer;

class WaitSearch {
 public:
  WaitSearch(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
             const RawStrings* strings, AsyncPlaces* places, const AsyncGraph* graph)
      : heap_(heap),
        layout_(layout),
        strings_(strings),
        graph_(graph),
        scopes_(heap, layout, strings),
        use_(heap, strings),
        kinds_(heap, layout, anchors, strings, places),
        shapes_(heap, layout, &scopes_, &kinds_),
        passes_(heap, layout, anchors),
        lists_(heap) {}

  // `wanted`: says through which scopes owners are looked for; nullptr: none. It must live until the next
  // one.
  void Reset(const WantedValues* wanted);
  // The number of the promise's node; kNoIndex: too many.
  uint32_t Add(Tagged promise);
  // The same for a function, when what is to be found is what it waits for in `owner`; and for a promise of a
  // library, without an owner.
  uint32_t AddFunction(Tagged function, Tagged owner);

  struct Search {
    const HeapPages& pages;
    const HeapScan& scan;
    PageTargets* targets = nullptr;
    int64_t deadline_ns = 0;
    bool may_split = true;
  };
  // Follows what was added since the last run. False: it ended before its time; what was found stays, and
  // nodes that were not followed say so.
  bool Run(const Search& search);

  const WaitNodes& nodes() const { return nodes_; }
  HolderKinds& kinds() { return kinds_; }
  ScopeReader& scopes() { return scopes_; }
  VariableUse& uses() { return use_; }
  // A function that was made in a scope, which tells its file. 0: none was found.
  Tagged ClosureOf(Tagged scope) const;

 private:
  static constexpr int kMaxPasses = 64;
  static constexpr uint32_t kMaxHolders = 64;
  // A scope of a large file has thousands of functions.
  static constexpr uint32_t kMaxClosures = 4096;
  static constexpr uint8_t kMaxOwners = 4;
  static constexpr int kMaxOwnScopes = 16;
  // Functions of a scope through which its owner is looked for.
  static constexpr int kMaxThrough = 64;
  // After so many nodes of a list all of them are looked for together.
  static constexpr uint8_t kMaxListNodes = 3;
  // More take too much memory.
  static constexpr size_t kMaxResolvers = 4'000'000;
  static constexpr size_t kMaxReactions = 1'000'000;

  bool IndexResolvers(const HeapScan& scan);
  bool ExpandOpen(const Search& search);
  bool ExpandWaiting(const Search& search);
  // Nodes that were not looked at say why. False.
  bool Stop(uint8_t reason);
  // False: what holds it must be searched first.
  bool Expand(uint32_t index);
  bool IsOther(uint32_t index, const FoundHolder& found) const;
  bool ExpandPromise(uint32_t index);
  void FollowSources(uint32_t index, uint32_t promise);
  void FollowResolvers(uint32_t index);
  bool ExpandReaction(uint32_t index);
  void VisitReactionHolder(uint32_t index, const FoundHolder& found);
  bool ExpandHeld(uint32_t index);
  void VisitNodes(uint32_t index, uint32_t number);
  void Visit(uint32_t index, const FoundHolder& found);
  // Whether the function uses the variable of the node, and of it the property that is followed.
  Mention UseOf(uint32_t index, Tagged function);
  bool IsOwnVariable(Tagged scope, Tagged function, const char* name);
  bool MayGoOnWith(uint32_t index, Tagged suspended);
  bool EnterOwnScope(uint32_t index);
  bool HasActivation(Tagged scope) const;
  bool IsGenerator(Tagged object) const;
  void FollowGenerator(uint32_t index, const FoundHolder& found);
  void VisitScopeHolder(uint32_t index, const FoundHolder& found, HolderShape shape, const WaitStep& step);
  void Follow(uint32_t index, const FoundHolder& found, HolderShape shape, const WaitStep& step);
  void FollowClosures(uint32_t index, uint32_t number);
  void EnterArray(const WaitNode& held, HolderShape shape, WaitNode* next) const;
  const char* VariableName(uint32_t index, Tagged scope, int32_t offset);
  void EnterScope(uint32_t index, const WaitEdge& edge, HolderShape shape, WaitNode* next);
  void End(uint32_t index, const FoundHolder& found, HolderShape shape, const WaitStep& step);
  const char* MemberOf(uint32_t index, const FoundHolder& found, HolderShape shape);
  bool IsNextInList(uint32_t index, const FoundHolder& found) const;
  void FollowList(uint32_t index, const FoundHolder& found);
  void JoinList(uint32_t index, uint32_t list);
  bool RefersBack(uint32_t index, Tagged owner) const;
  void FollowAwait(uint32_t index, uint32_t function);
  bool IsHelperOf(Tagged promise, Tagged object);
  bool MayReachTimer(uint32_t index, Tagged timer, WaitEffect* at_most);
  uint32_t Connect(uint32_t from, const WaitNode& node, const WaitEdge& edge);
  void Cut(uint32_t index, uint8_t reason);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  const AsyncGraph* graph_;
  ScopeReader scopes_;
  VariableUse use_;
  HolderKinds kinds_;
  HolderShapes shapes_;
  HolderPasses passes_;
  ListChains lists_;
  platform::MappedArray<uint64_t> chain_{ListChains::kMaxNodes};
  const Search* search_ = nullptr;
  const WantedValues* wanted_ = nullptr;
  WaitNodes nodes_;
  platform::MappedArray<uint32_t> next_resolver_{kMaxResolvers};
  platform::NumberTable first_resolver_{kMaxResolvers};
  // The newest reaction of each promise.
  platform::NumberTable newest_reactions_{kMaxReactions};
  platform::MappedArray<uint32_t> waiting_{200'000};
  uint32_t next_ = 0;  // the first node that was not looked at
  bool has_reactions_ = false;
  bool is_indexed_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_SEARCH_H_

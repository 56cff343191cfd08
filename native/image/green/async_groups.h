// AsyncGroups: identical chains of waiting functions, counted.
//
// Owns:        the chains, as a tree that they share.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Build(); of the graph and the places.
#ifndef GMR_NATIVE_IMAGE_GREEN_ASYNC_GROUPS_H_
#define GMR_NATIVE_IMAGE_GREEN_ASYNC_GROUPS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "../../base/containers/number_table.h"
#include "../graph/async_graph.h"
#include "async_places.h"

namespace gmr::vm {

// A function and its callers, outwards.
struct AsyncChain {
  uint32_t place = kNoIndex;
  uint32_t caller = kNoIndex;  // a chain
  uint8_t via = 0;             // between the two
  bool in_cycle = false;
  bool is_own = false;  // of the self-test, somewhere
  bool has_user_code = false;
  bool has_service_code = false;  // that is in no package
  uint32_t group = kNoIndex;
};

// By the innermost function. In the order in which they are listed.
enum class GroupKind : uint8_t {
  kFunctions,
  kCallbacks,
  kPackageCallbacks,  // and all callers are code of packages or of Node too
};

struct AsyncGroup {
  uint32_t chain = kNoIndex;
  uint32_t count = 0;
  uint32_t sample = kNoIndex;  // one of its functions, the innermost
  // Nobody innermost leads to it: its functions wait for each other.
  bool is_closed_cycle = false;
  GroupKind kind = GroupKind::kFunctions;
  // How many of its functions were seen to wait for the same as the sample.
  uint32_t seen_in = 1;
};

class AsyncGroups {
 public:
  explicit AsyncGroups(AsyncPlaces* places) : places_(places) {}

  // By kind, largest first. False: no memory, or too much.
  // Either the program's functions or those of the self-test.
  bool Build(const AsyncGraph& graph, bool only_self_test);

  const platform::MappedArray<AsyncGroup>& groups() const { return groups_; }
  const platform::MappedArray<AsyncChain>& chains() const { return chains_; }
  // Another function of the same group stands for it.
  void SetSample(uint32_t group, uint32_t function) { groups_[group].sample = function; }
  uint32_t ChainOf(uint32_t function) const { return chain_of_[function]; }
  // The group of an innermost function, or of one that stands for its cycle; kNoIndex: none.
  uint32_t GroupOf(uint32_t function) const;
  // Only the first groups are examined and shown: this many, and the parts that Split() makes.
  void Show(uint32_t max_groups) { shown_ = std::min(max_groups, static_cast<uint32_t>(groups_.size())); }
  uint32_t shown() const { return shown_; }
  // Makes a group of some innermost functions of a shown group. Its number; kNoIndex: no memory.
  uint32_t Split(uint32_t group, const std::vector<uint32_t>& functions);
  void SetSeenIn(uint32_t group, uint32_t count) { groups_[group].seen_in = count; }
  // Without those of the self-test.
  uint32_t functions() const { return functions_; }
  uint32_t threads() const { return threads_; }
  // How many of the threads have a callback innermost.
  uint32_t callbacks() const { return callbacks_; }
  // Functions whose place in the source could not be found.
  uint32_t unknown() const { return unknown_; }

 private:
  static constexpr size_t kMaxFunctions = 4'000'000;
  static constexpr size_t kMaxSplit = 8192;

  void CountFunction(const SuspendedObject& suspended, const AsyncChain& chain);
  AsyncChain ChainFor(const AsyncFunction& function, uint32_t caller);
  bool AddChain(const AsyncGraph& graph, uint32_t function);
  bool AddCycle(const AsyncGraph& graph, uint32_t function);
  bool AddToGroup(const AsyncGraph& graph, uint32_t function, bool is_closed_cycle);
  uint32_t Intern(const AsyncChain& chain);
  uint32_t Outermost(const AsyncGraph& graph, const AsyncFunction& function);
  void Sort();
  void Number(uint32_t group) { chains_[groups_[group].chain].group = group; }

  AsyncPlaces* places_;
  platform::MappedArray<AsyncChain> chains_{kMaxFunctions};
  platform::NumberTable chain_table_{kMaxFunctions};
  platform::MappedArray<AsyncGroup> groups_{kMaxFunctions};
  // Of each function: its chain, once known.
  platform::MappedArray<uint32_t> chain_of_{kMaxFunctions};
  platform::MappedArray<uint32_t> path_{kMaxFunctions};
  // Functions that are in another group than the first of their chain.
  platform::NumberTable split_{kMaxSplit};
  uint32_t shown_ = 0;
  bool only_self_test_ = false;
  uint32_t functions_ = 0;
  uint32_t threads_ = 0;
  uint32_t callbacks_ = 0;
  uint32_t unknown_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_ASYNC_GROUPS_H_

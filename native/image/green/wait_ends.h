// WaitEnds: reads from the graph of a search what settles a promise, best first.
//
// Owns:        marks for its walks, and the answer.
// Threads:     one at a time.
// Signal-safe: no: allocates.
// Lifetime:    an answer until the next Find(); of the nodes.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_ENDS_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_ENDS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "wait_nodes.h"

namespace gmr::vm {

// One step of a way: from a node to the next one by an edge.
struct WaitLink {
  uint32_t node = kNoIndex;
  uint32_t edge = kNoIndex;  // that led to the node; none: the way begins here
};

struct FoundEnd {
  WaitEffect effect = WaitEffect::kSettles;
  WaitEndKind kind = WaitEndKind::kNone;  // kNone: the last node is an object, or a function
  uint8_t rank = 0;                       // the lower the better
  uint32_t calls = 0;                     // functions of the program on the way
  bool is_uncalled = false;               // a function of which nothing was found that calls it
  std::vector<WaitLink> path;             // from the promise that was asked for
  // For an object: what owns it, from the inside outwards; without what is an end itself.
  std::vector<WaitLink> owners;
};

struct FoundWait {
  std::vector<FoundEnd> ends;
  uint8_t cut = 0;    // kCut*
  uint8_t via = 0;    // of the promises between
  uint32_t more = 0;  // ends that are not listed
  uint32_t dead = 0;  // promises that are needed and that nothing was found for
  // Where nothing settles it: functions that would, the outermost first.
  std::vector<FoundEnd> functions;
};

class WaitEnds {
 public:
  explicit WaitEnds(const WaitNodes* nodes) : nodes_(nodes) {}

  // `is_own` tells the functions that wait for this promise themselves: that they have something in a
  // variable does not help.
  FoundWait Find(uint32_t promise, const std::function<bool(uint32_t function)>& is_own);

 private:
  static constexpr size_t kMaxLeaves = 64;
  static constexpr size_t kMaxPromises = 100'000;
  static constexpr size_t kMaxSteps = 20'000;
  static constexpr size_t kMaxFound = 256;
  static constexpr size_t kMaxPerLeaf = 3;
  static constexpr size_t kMaxLimits = 2;
  static constexpr size_t kMaxEnds = 6;
  static constexpr size_t kMaxFunctions = 4;

  struct Came {
    uint32_t from = kNoIndex;
    uint32_t edge = kNoIndex;
    uint32_t round = 0;
  };
  struct Leaf {
    uint32_t node = kNoIndex;
    uint32_t edge = kNoIndex;  // that led to it
    uint8_t via = 0;
  };

  bool Begin();
  bool Reach(uint32_t from, uint32_t edge);
  bool IsByErrors(uint32_t from, uint32_t edge) const;
  void PreferEvent(uint32_t from, uint32_t edge);
  std::vector<Leaf> FindLeaves(uint32_t promise, FoundWait* wait);
  std::vector<WaitLink> PathTo(uint32_t node) const;
  bool FindFrom(const Leaf& leaf, const std::vector<WaitLink>& to_leaf,
                const std::function<bool(uint32_t function)>& is_own, FoundWait* wait);
  uint32_t CallsOn(const std::vector<WaitLink>& path) const;
  void AddFunctions(const std::vector<WaitLink>& to_leaf, FoundWait* wait);
  std::vector<WaitLink> PathFrom(const std::vector<WaitLink>& to_leaf, uint32_t node) const;
  static void UseRejections(size_t first, bool settles, FoundWait* wait);
  void Choose(std::vector<FoundEnd>* found, FoundWait* wait) const;
  bool IsNamed(uint32_t node) const;
  FoundEnd EndAt(uint32_t node, const std::vector<WaitLink>& to_leaf) const;
  void ReachFrom(uint32_t node);
  bool IsOnWay(const FoundEnd& end, const std::vector<FoundEnd>& others) const;
  uint32_t AnchorOf(const FoundEnd& end) const;
  struct Event {
    Tagged emitter;
    const char* name = "";
  };
  // The event that the path leads through.
  Event EventOf(const FoundEnd& end) const;
  bool EndAlike(const FoundEnd& a, const FoundEnd& b) const;
  bool IsListed(const FoundEnd& end, const FoundWait& wait, size_t others) const;
  bool IsItem(uint32_t node) const;
  void AddOwners(FoundEnd* end) const;
  void AddOwnersOfClosures(FoundEnd* end) const;
  bool LeaveCollection(uint32_t index, int depth, std::vector<WaitLink>* way) const;
  bool IsThroughCollection(const std::vector<WaitLink>& way) const;
  // Through at most `depth` arrays and collections.
  std::vector<WaitLink> NextOwner(uint32_t of, int depth = 4) const;
  uint8_t RankOf(const WaitNode& node, bool is_item) const;

  const WaitNodes* nodes_;
  std::vector<Came> came_;
  std::vector<uint32_t> queue_;
  uint32_t round_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_ENDS_H_

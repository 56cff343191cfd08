#include "wait_ends.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

constexpr uint8_t kAnswer = 0;
constexpr uint8_t kTimerRank = 1;
constexpr uint8_t kItemRank = 2;
constexpr uint8_t kFunctionRank = 3;
constexpr uint8_t kLastRank = 4;
// Limit for the plain objects and arrays between an element and its collection, on all paths together.
constexpr int kMaxItemSteps = 64;
// Behind the first one.
constexpr int kMaxMoreOwners = 4;

bool IsSource(const WaitNode& from, const WaitEdge& edge, const WaitNode& to) {
  return from.role == WaitRole::kPromise && to.role == WaitRole::kPromise && edge.offset < 0;
}

bool IsTowardsCollection(const WaitNode& to) {
  return to.role == WaitRole::kContainer || to.role == WaitRole::kItem ||
         (to.role == WaitRole::kNamed && to.in_array);
}

bool IsBetter(const FoundEnd& a, const FoundEnd& b) {
  if (a.effect != b.effect) return a.effect > b.effect;
  if (a.rank != b.rank) return a.rank < b.rank;
  return a.calls != b.calls ? a.calls < b.calls : a.path.size() < b.path.size();
}

bool IsLocalVariable(const FoundEnd& end) { return end.kind == WaitEndKind::kVariable && end.rank > kAnswer; }

bool IsLimit(const FoundEnd& end) {
  return end.effect == WaitEffect::kRejects &&
         (end.kind == WaitEndKind::kTimer || end.kind == WaitEndKind::kSignal);
}

bool HasAnswer(const std::vector<FoundEnd>& ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [](const FoundEnd& end) { return end.effect != WaitEffect::kRejects; });
}

// Beside the best one. What only may settle it says nothing beside what does, nor does what only rejects it.
bool IsWorthIt(const FoundEnd& end, const FoundEnd& best) {
  if (end.effect < best.effect || end.calls > best.calls + 1 || end.rank >= kItemRank) return false;
  return !IsLocalVariable(end) || best.rank > kAnswer;
}

}  // namespace

bool WaitEnds::Begin() {
  if (came_.size() < nodes_->size()) came_.resize(nodes_->size());
  queue_.clear();
  ++round_;
  return true;
}

bool WaitEnds::Reach(uint32_t from, uint32_t edge) {
  const uint32_t to = edge == kNoIndex ? from : nodes_->EdgeAt(edge).to;
  if (came_[to].round == round_) return false;
  came_[to] = {edge == kNoIndex ? kNoIndex : from, edge, round_};
  queue_.push_back(to);
  return true;
}

std::vector<WaitLink> WaitEnds::PathTo(uint32_t node) const {
  std::vector<WaitLink> path;
  for (uint32_t i = node; i != kNoIndex; i = came_[i].from) path.push_back({i, came_[i].edge});
  std::reverse(path.begin(), path.end());
  return path;
}

// Promises on which this one depends, and that depend on none.
std::vector<WaitEnds::Leaf> WaitEnds::FindLeaves(uint32_t promise, FoundWait* wait) {
  std::vector<Leaf> leaves;
  std::vector<uint8_t> via;
  Begin();
  Reach(promise, kNoIndex);
  via.push_back(0);
  for (size_t i = 0; i < queue_.size(); ++i) {
    const uint32_t node = queue_[i];
    bool is_leaf = true;
    for (uint32_t edge = (*nodes_)[node].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
      if (!IsSource((*nodes_)[node], nodes_->EdgeAt(edge), (*nodes_)[nodes_->EdgeAt(edge).to])) continue;
      is_leaf = false;
      if (queue_.size() >= kMaxPromises) {
        wait->cut |= kCutMany;
      } else if (Reach(node, edge)) {
        via.push_back(static_cast<uint8_t>(via[i] | nodes_->EdgeAt(edge).via));
      }
    }
    if (!is_leaf) {
      wait->cut |= (*nodes_)[node].cut;
    } else if (leaves.size() < kMaxLeaves) {
      leaves.push_back({node, came_[node].edge, via[i]});
    } else {
      ++wait->more;
    }
  }
  return leaves;
}

// Whether only a collection refers to the object, directly or through plain objects: then the owner of the
// collection says more.
bool WaitEnds::IsItem(uint32_t node) const {
  bool is_in_collection = false;
  bool is_owned = false;
  int steps = 0;
  const auto look = [&](uint32_t of, const auto& inner) -> void {
    for (uint32_t edge = (*nodes_)[of].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
      const WaitNode& to = (*nodes_)[nodes_->EdgeAt(edge).to];
      const bool is_in_item = (*nodes_)[of].role == WaitRole::kItem;
      if (to.role == WaitRole::kItem || (to.in_array && (of == node || is_in_item))) {
        if (++steps <= kMaxItemSteps) inner(nodes_->EdgeAt(edge).to, inner);
      } else if (to.role == WaitRole::kContainer || (is_in_item && to.role == WaitRole::kNamed)) {
        is_in_collection = true;
      } else if (to.role != WaitRole::kEnd || to.is_outer || to.end != WaitEndKind::kVariable) {
        is_owned = true;
      }
    }
  };
  look(node, look);
  return is_in_collection && !is_owned;
}

uint8_t WaitEnds::RankOf(const WaitNode& node, bool is_item) const {
  if (node.role == WaitRole::kUserland) return kLastRank;
  if (node.role == WaitRole::kNamed) return is_item ? kItemRank : kAnswer;
  switch (node.end) {
    case WaitEndKind::kTimer:
      return kTimerRank;
    case WaitEndKind::kVariable:
      return node.is_outer ? kAnswer : kTimerRank;
    case WaitEndKind::kGoingOn:
    case WaitEndKind::kLocal:
      return kFunctionRank;
    case WaitEndKind::kFunction:
      return node.effect == WaitEffect::kSettles ? kAnswer : kFunctionRank;
    default:
      return kAnswer;
  }
}

bool WaitEnds::IsNamed(uint32_t index) const {
  const WaitNode& node = (*nodes_)[index];
  return node.role == WaitRole::kNamed && !node.in_array;
}

FoundEnd WaitEnds::EndAt(uint32_t index, const std::vector<WaitLink>& to_leaf) const {
  const WaitNode& node = (*nodes_)[index];
  FoundEnd end;
  end.effect = node.effect;
  end.kind = node.role == WaitRole::kEnd ? node.end : WaitEndKind::kNone;
  end.rank = RankOf(node, IsNamed(index) && IsItem(index));
  end.path = PathFrom(to_leaf, index);
  end.calls = CallsOn(end.path);
  if (IsNamed(index)) AddOwners(&end);
  return end;
}

// Of an item, its collection only; of any other object of a class, nothing: it is an end.
void WaitEnds::ReachFrom(uint32_t index) {
  const bool is_named = IsNamed(index);
  if (is_named && !IsItem(index)) return;
  for (uint32_t edge = (*nodes_)[index].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
    if (!is_named || IsTowardsCollection((*nodes_)[nodes_->EdgeAt(edge).to])) Reach(index, edge);
  }
}

void WaitEnds::FindFrom(const Leaf& leaf, const std::vector<WaitLink>& to_leaf,
                        const std::function<bool(uint32_t function)>& is_own, FoundWait* wait) {
  std::vector<FoundEnd> found;
  Begin();
  Reach(leaf.node, kNoIndex);
  for (size_t i = 0; i < queue_.size(); ++i) {
    const uint32_t index = queue_[i];
    const WaitNode& node = (*nodes_)[index];
    wait->cut |= node.cut;
    const bool is_function = node.end == WaitEndKind::kGoingOn || node.end == WaitEndKind::kLocal;
    if (is_function && is_own(node.function)) continue;
    const bool is_end =
        IsNamed(index) || node.role == WaitRole::kEnd || (node.role == WaitRole::kUserland && !node.in_array);
    if (is_end && found.size() < kMaxFound) found.push_back(EndAt(index, to_leaf));
    if (queue_.size() < kMaxSteps) {
      ReachFrom(index);
    } else {
      wait->cut |= kCutMany;
    }
  }
  if (!HasAnswer(found)) AddFunctions(to_leaf, wait);
  Choose(&found, wait);
}

// What calls a function that calls one is less certain to have to do with the promise than what calls it.
uint32_t WaitEnds::CallsOn(const std::vector<WaitLink>& path) const {
  return static_cast<uint32_t>(std::count_if(path.begin(), path.end(), [&](const WaitLink& link) {
    const WaitNode& node = (*nodes_)[link.node];
    return node.role == WaitRole::kFunction && !node.in_array;
  }));
}

std::vector<WaitLink> WaitEnds::PathFrom(const std::vector<WaitLink>& to_leaf, uint32_t node) const {
  std::vector<WaitLink> path = to_leaf;
  const std::vector<WaitLink> rest = PathTo(node);
  path.insert(path.end(), rest.begin() + 1, rest.end());
  return path;
}

// Native code may hold them.
void WaitEnds::AddFunctions(const std::vector<WaitLink>& to_leaf, FoundWait* wait) {
  for (size_t i = queue_.size(); i-- > 0 && wait->functions.size() < kMaxFunctions;) {
    const WaitNode& node = (*nodes_)[queue_[i]];
    if (node.role != WaitRole::kFunction || node.in_array || node.effect == WaitEffect::kRejects) continue;
    FoundEnd end;
    end.effect = WaitEffect::kMaySettle;
    end.rank = kLastRank;
    end.path = PathFrom(to_leaf, queue_[i]);
    wait->functions.push_back(std::move(end));
  }
}

// One that is on the way to another says less than that.
bool WaitEnds::IsOnWay(const FoundEnd& end, const std::vector<FoundEnd>& others) const {
  if (end.rank < kItemRank) return false;
  return std::any_of(others.begin(), others.end(), [&](const FoundEnd& other) {
    return other.path.size() > end.path.size() && other.effect == end.effect &&
           std::any_of(other.path.begin(), other.path.end(),
                       [&](const WaitLink& link) { return link.node == end.path.back().node; });
  });
}

// From the first container or object of a class on, owners are looked for: several of them are still one
// answer.
uint32_t WaitEnds::AnchorOf(const FoundEnd& end) const {
  const auto anchor = std::find_if(end.path.begin(), end.path.end(), [&](const WaitLink& link) {
    const WaitNode& node = (*nodes_)[link.node];
    const bool is_owned = node.role == WaitRole::kContainer || node.role == WaitRole::kNamed;
    return node.role == WaitRole::kEnd || (is_owned && !node.in_array);
  });
  return anchor == end.path.end() ? end.path.back().node : anchor->node;
}

bool WaitEnds::IsListed(const FoundEnd& end, const FoundWait& wait) const {
  const Tagged object = (*nodes_)[end.path.back().node].object;
  return std::any_of(wait.ends.begin(), wait.ends.end(), [&](const FoundEnd& other) {
    return (*nodes_)[other.path.back().node].object == object && other.kind == end.kind;
  });
}

void WaitEnds::Choose(std::vector<FoundEnd>* found, FoundWait* wait) const {
  std::vector<FoundEnd> kept;
  std::copy_if(found->begin(), found->end(), std::back_inserter(kept),
               [&](const FoundEnd& end) { return !IsOnWay(end, *found); });
  std::stable_sort(kept.begin(), kept.end(), IsBetter);
  size_t answers = 0;
  size_t limits = 0;
  const FoundEnd* best = nullptr;
  std::vector<uint32_t> anchors;
  for (const FoundEnd& end : kept) {
    const uint32_t anchor = AnchorOf(end);
    const bool is_same = std::find(anchors.begin(), anchors.end(), anchor) != anchors.end();
    if (is_same || IsListed(end, *wait)) continue;
    anchors.push_back(anchor);
    if (IsLimit(end)) {
      if (limits++ < kMaxLimits) wait->ends.push_back(end);
      continue;
    }
    if (best != nullptr && !IsWorthIt(end, *best)) continue;
    if (best == nullptr) best = &end;
    if (++answers > kMaxPerLeaf || wait->ends.size() >= kMaxEnds) {
      ++wait->more;
    } else {
      wait->ends.push_back(end);
    }
  }
}

// Goes on from an array or a collection to what has that; from anything else, nowhere. False: nothing has it,
// or only a variable has the collection, which says less than that another object has it.
bool WaitEnds::LeaveCollection(uint32_t index, int depth, std::vector<WaitLink>* way) const {
  const WaitNode& to = (*nodes_)[index];
  const bool is_collection = to.role == WaitRole::kContainer && to.list == kNoIndex;
  if (!to.in_array && !is_collection) return true;
  if (depth == 0 || (to.role != WaitRole::kNamed && to.role != WaitRole::kContainer)) return false;
  const std::vector<WaitLink> rest = NextOwner(index, depth - 1);
  if (rest.empty()) return false;
  if (!to.in_array && (*nodes_)[rest.back().node].role == WaitRole::kEnd) return false;
  way->insert(way->end(), rest.begin(), rest.end());
  return true;
}

bool WaitEnds::IsThroughCollection(const std::vector<WaitLink>& way) const {
  return std::any_of(way.begin(), way.end(),
                     [&](const WaitLink& link) { return (*nodes_)[link.node].role == WaitRole::kContainer; });
}

// The way to the next owner: a variable of a file if there is one, else the only object that has it, else the
// only one that has it in a collection, else a variable of a function. Empty: none.
std::vector<WaitLink> WaitEnds::NextOwner(uint32_t of, int depth) const {
  std::vector<WaitLink> local;
  std::vector<std::vector<WaitLink>> owners;
  std::vector<std::vector<WaitLink>> around;  // of collections that have it
  for (uint32_t edge = (*nodes_)[of].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
    const uint32_t index = nodes_->EdgeAt(edge).to;
    std::vector<WaitLink> way = {{index, edge}};
    if (!LeaveCollection(index, depth, &way)) continue;
    const WaitNode& owner = (*nodes_)[way.back().node];
    const bool is_variable = owner.role == WaitRole::kEnd && *owner.variable != '\0';
    if (is_variable && owner.is_outer) return way;
    if (is_variable && local.empty()) local = way;
    if (owner.role != WaitRole::kNamed || owner.in_array) continue;
    (IsThroughCollection(way) ? around : owners).push_back(way);
  }
  if (owners.size() == 1) return owners.front();
  if (!owners.empty()) return {};
  return around.size() == 1 ? around.front() : local;
}

// The object that has it, if just one does, what has that in the same way, and so on; at last the variable of
// a file. A variable of a function counts only where nothing else is in between.
void WaitEnds::AddOwners(FoundEnd* end) const {
  end->owners = NextOwner(end->path.back().node);
  for (int i = 0; i < kMaxMoreOwners && !end->owners.empty(); ++i) {
    if ((*nodes_)[end->owners.back().node].role == WaitRole::kEnd) return;
    const std::vector<WaitLink> next = NextOwner(end->owners.back().node);
    if (next.empty()) return;
    const WaitNode& owner = (*nodes_)[next.back().node];
    if (owner.role == WaitRole::kEnd && !owner.is_outer) return;
    end->owners.insert(end->owners.end(), next.begin(), next.end());
  }
}

FoundWait WaitEnds::Find(uint32_t promise, const std::function<bool(uint32_t function)>& is_own) {
  FoundWait wait;
  const std::vector<Leaf> leaves = FindLeaves(promise, &wait);
  for (const Leaf& leaf : leaves) {
    wait.via |= leaf.via;
    // What is between the two is proved together.
    std::vector<WaitLink> to_leaf = {{promise, kNoIndex}};
    if (leaf.node != promise) to_leaf.push_back({leaf.node, leaf.edge});
    FindFrom(leaf, to_leaf, is_own, &wait);
  }
  std::stable_sort(wait.ends.begin(), wait.ends.end(), [](const FoundEnd& a, const FoundEnd& b) {
    return a.effect != b.effect ? a.effect > b.effect : a.rank < b.rank;
  });
  if (!HasAnswer(wait.ends)) return wait;
  // What can only reject it, and is no limit of time, is not waited for.
  std::erase_if(wait.ends,
                [](const FoundEnd& end) { return end.effect == WaitEffect::kRejects && !IsLimit(end); });
  return wait;
}

}  // namespace gmr::vm

#include "wait_ends.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "../graph/reaction_reader.h"

namespace gmr::vm {

namespace {

constexpr const char* kEvents = "_events";
constexpr const char* kError = "error";
constexpr uint8_t kAnswer = 0;
constexpr uint8_t kTimerRank = 1;
constexpr uint8_t kItemRank = 2;
constexpr uint8_t kFunctionRank = 3;
constexpr uint8_t kLastRank = 4;
// Limit for the plain objects and arrays between an element and its collection, on all paths together.
constexpr int kMaxItemSteps = 64;

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
  if (came_[to].round == round_) {
    PreferEvent(from, edge);
    return false;
  }
  came_[to] = {edge == kNoIndex ? kNoIndex : from, edge, round_};
  queue_.push_back(to);
  return true;
}

// By a listener for errors: such an edge, or the one from the listeners to the emitter that follows it.
bool WaitEnds::IsByErrors(uint32_t from, uint32_t edge) const {
  if (edge == kNoIndex) return false;
  const WaitEdge& last = nodes_->EdgeAt(edge);
  if (std::strcmp(last.member, kEvents) != 0) return std::strcmp(last.member, kError) == 0;
  const uint32_t before = came_[from].edge;
  return before != kNoIndex && std::strcmp(nodes_->EdgeAt(before).member, kError) == 0;
}

// What waits for an event listens for errors too. The way by that listener says less, but it is the shorter
// one if the event has several listeners, which are in an array.
void WaitEnds::PreferEvent(uint32_t from, uint32_t edge) {
  if (edge == kNoIndex || IsByErrors(from, edge)) return;
  const uint32_t to = nodes_->EdgeAt(edge).to;
  Came& came = came_[to];
  if (!IsByErrors(came.from, came.edge)) return;
  const std::vector<WaitLink> path = PathTo(from);
  const bool is_circle =
      std::any_of(path.begin(), path.end(), [&](const WaitLink& link) { return link.node == to; });
  if (!is_circle && CallsOn(path) <= CallsOn(PathTo(came.from))) came = {from, edge, round_};
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
  IsNamed(index) ? AddOwners(&end) : AddOwnersOfClosures(&end);
  return end;
}

// Of an item, its collection only; of any other object of a class, and of a variable, nothing: it is an end.
void WaitEnds::ReachFrom(uint32_t index) {
  const bool is_named = IsNamed(index);
  if ((*nodes_)[index].end == WaitEndKind::kVariable) return;
  if (is_named && !IsItem(index)) return;
  for (uint32_t edge = (*nodes_)[index].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
    if (!is_named || IsTowardsCollection((*nodes_)[nodes_->EdgeAt(edge).to])) Reach(index, edge);
  }
}

// Whether something was found that resolves it, or may.
bool WaitEnds::FindFrom(const Leaf& leaf, const std::vector<WaitLink>& to_leaf,
                        const std::function<bool(uint32_t function)>& is_own, FoundWait* wait) {
  std::vector<uint32_t> ends;
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
    if (is_end && ends.size() < kMaxFound) ends.push_back(index);
    if (queue_.size() < kMaxSteps) {
      ReachFrom(index);
    } else {
      wait->cut |= kCutMany;
    }
  }
  // Only now is each way known.
  found.reserve(ends.size());
  for (const uint32_t index : ends) found.push_back(EndAt(index, to_leaf));
  const bool has_answer = HasAnswer(found);
  if (!has_answer) AddFunctions(to_leaf, wait);
  // What settles a promise of a library is known in part only.
  const auto is_of_library = [&](uint32_t index) { return (*nodes_)[index].role == WaitRole::kUserland; };
  if (std::any_of(queue_.begin(), queue_.end(), is_of_library)) wait->cut |= kCutLibrary;
  Choose(&found, wait);
  return has_answer;
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
    if (node.role != WaitRole::kFunction || node.in_array || node.effect == WaitEffect::kRejects ||
        node.level > 0)
      continue;
    FoundEnd end;
    end.effect = WaitEffect::kMaySettle;
    end.rank = kLastRank;
    end.is_uncalled = true;
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

WaitEnds::Event WaitEnds::EventOf(const FoundEnd& end) const {
  for (size_t i = 1; i < end.path.size(); ++i) {
    const uint32_t name = end.path[i - 1].edge;
    const WaitLink& emitter = end.path[i];
    if (name == kNoIndex || emitter.edge == kNoIndex) continue;
    if (std::strcmp(nodes_->EdgeAt(emitter.edge).member, kEvents) == 0)
      return {(*nodes_)[emitter.node].object, nodes_->EdgeAt(name).member};
  }
  return {};
}

// Whether two paths end in the same variable of a scope, or in the same property. All elements of a
// collection count as the same, unless they are emitters of which an event is awaited.
bool WaitEnds::EndAlike(const FoundEnd& a, const FoundEnd& b) const {
  const Event event = EventOf(a);
  const Event other = EventOf(b);
  if (event.emitter != other.emitter || std::strcmp(event.name, other.name) != 0) return false;
  for (size_t i = a.path.size(), j = b.path.size(); i > 1 && j > 1; --i, --j) {
    const WaitLink& of_a = a.path[i - 1];
    const WaitLink& of_b = b.path[j - 1];
    if ((*nodes_)[of_a.node].object != (*nodes_)[of_b.node].object) return true;
    if (of_a.edge == kNoIndex || of_b.edge == kNoIndex) return true;
    const WaitEdge& by_a = nodes_->EdgeAt(of_a.edge);
    const WaitEdge& by_b = nodes_->EdgeAt(of_b.edge);
    const bool is_element = *by_a.member == '\0' && (*nodes_)[of_a.node].role != WaitRole::kEnd;
    if (is_element) return true;
    if (by_a.offset != by_b.offset || by_a.table != by_b.table) return false;
  }
  return true;
}

// The first `others` ends in the list belong to other promises.
bool WaitEnds::IsListed(const FoundEnd& end, const FoundWait& wait, size_t others) const {
  const Tagged object = (*nodes_)[end.path.back().node].object;
  for (size_t i = 0; i < wait.ends.size(); ++i) {
    const FoundEnd& listed = wait.ends[i];
    if ((*nodes_)[listed.path.back().node].object != object || listed.kind != end.kind) continue;
    if (i >= others || EndAlike(listed, end)) return true;
  }
  return false;
}

void WaitEnds::Choose(std::vector<FoundEnd>* found, FoundWait* wait) const {
  std::vector<FoundEnd> kept;
  std::copy_if(found->begin(), found->end(), std::back_inserter(kept),
               [&](const FoundEnd& end) { return !IsOnWay(end, *found); });
  std::stable_sort(kept.begin(), kept.end(), IsBetter);
  const size_t others = wait->ends.size();
  size_t answers = 0;
  size_t limits = 0;
  const FoundEnd* best = nullptr;
  std::vector<uint32_t> anchors;
  for (const FoundEnd& end : kept) {
    const uint32_t anchor = AnchorOf(end);
    const bool is_same = std::find(anchors.begin(), anchors.end(), anchor) != anchors.end();
    if (is_same || IsListed(end, *wait, others)) continue;
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

// For ends from number `first` on, of a promise whose rejection does not end the wait: a rejection is turned
// into an answer if `settles`, else removed.
void WaitEnds::UseRejections(size_t first, bool settles, FoundWait* wait) {
  for (size_t i = wait->ends.size(); i-- > first;) {
    if (wait->ends[i].effect != WaitEffect::kRejects) continue;
    if (settles) {
      wait->ends[i].effect = WaitEffect::kSettles;
    } else {
      wait->ends.erase(wait->ends.begin() + static_cast<std::ptrdiff_t>(i));
    }
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
    const size_t before = wait.ends.size();
    const bool has_answer = FindFrom(leaf, to_leaf, is_own, &wait);
    const bool may_reject = wait.ends.size() > before;
    const bool are_all_settled = (leaf.via & kViaAllSettled) != 0;
    if (are_all_settled || (leaf.via & kViaAny) != 0)
      UseRejections(before, are_all_settled && !has_answer, &wait);
    const bool is_needed = (leaf.via & (kViaAll | kViaAllSettled)) != 0 && (leaf.via & kViaResolve) == 0;
    if (is_needed && !has_answer && !(are_all_settled && may_reject)) ++wait.dead;
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

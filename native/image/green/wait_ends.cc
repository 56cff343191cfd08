#include "wait_ends.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr uint8_t kAnswer = 0;
constexpr uint8_t kTimerRank = 1;
constexpr uint8_t kItemRank = 2;
constexpr uint8_t kFunctionRank = 3;
constexpr uint8_t kLastRank = 4;

bool IsSource(const WaitNode& from, const WaitEdge& edge, const WaitNode& to) {
  return from.role == WaitRole::kPromise && to.role == WaitRole::kPromise && edge.offset < 0;
}

bool IsBetter(const FoundEnd& a, const FoundEnd& b) {
  if (a.effect != b.effect) return a.effect > b.effect;
  return a.rank != b.rank ? a.rank < b.rank : a.path.size() < b.path.size();
}

bool IsLimit(const FoundEnd& end) {
  return end.effect == WaitEffect::kRejects &&
         (end.kind == WaitEndKind::kTimer || end.kind == WaitEndKind::kSignal);
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
      leaves.push_back({node, via[i]});
    } else {
      ++wait->more;
    }
  }
  return leaves;
}

// An element of a collection that nothing else has: what has the collection says more.
bool WaitEnds::IsItem(uint32_t node) const {
  bool is_in_collection = false;
  bool is_owned = false;
  const auto look = [&](uint32_t of, const auto& inner) -> void {
    for (uint32_t edge = (*nodes_)[of].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
      const WaitNode& to = (*nodes_)[nodes_->EdgeAt(edge).to];
      if (to.in_array && of == node) {
        inner(nodes_->EdgeAt(edge).to, inner);
      } else if (to.role == WaitRole::kContainer) {
        is_in_collection = true;
      } else {
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
    case WaitEndKind::kGoingOn:
    case WaitEndKind::kLocal:
      return kFunctionRank;
    default:
      return kAnswer;
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
    const bool is_named = node.role == WaitRole::kNamed && !node.in_array;
    const bool is_item = is_named && IsItem(index);
    const bool is_function = node.end == WaitEndKind::kGoingOn || node.end == WaitEndKind::kLocal;
    const bool is_end = is_named || node.role == WaitRole::kEnd ||
                        (node.role == WaitRole::kUserland && !node.in_array);
    if (is_end && !(is_function && is_own(node.function))) {
      FoundEnd end;
      end.effect = node.effect;
      end.kind = node.role == WaitRole::kEnd ? node.end : WaitEndKind::kNone;
      end.rank = RankOf(node, is_item);
      end.path = PathFrom(to_leaf, index);
      if (is_named) AddOwners(&end);
      found.push_back(std::move(end));
    }
    if (is_named && !is_item) continue;
    if (queue_.size() >= kMaxSteps) {
      wait->cut |= kCutMany;
      continue;
    }
    for (uint32_t edge = node.first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) Reach(index, edge);
  }
  const bool has_answer = std::any_of(found.begin(), found.end(), [](const FoundEnd& end) {
    return end.effect != WaitEffect::kRejects;
  });
  if (!has_answer) AddFunctions(to_leaf, wait);
  Choose(&found, wait);
}

std::vector<WaitLink> WaitEnds::PathFrom(const std::vector<WaitLink>& to_leaf, uint32_t node) const {
  std::vector<WaitLink> path = to_leaf;
  const std::vector<WaitLink> rest = PathTo(node);
  path.insert(path.end(), rest.begin() + (to_leaf.empty() ? 0 : 1), rest.end());
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
void WaitEnds::Choose(std::vector<FoundEnd>* found, FoundWait* wait) const {
  const auto is_on_way = [&](const FoundEnd& end) {
    return std::any_of(found->begin(), found->end(), [&](const FoundEnd& other) {
      return other.path.size() > end.path.size() && other.effect == end.effect && end.rank >= kItemRank &&
             std::any_of(other.path.begin(), other.path.end(),
                         [&](const WaitLink& link) { return link.node == end.path.back().node; });
    });
  };
  std::vector<FoundEnd> kept;
  for (const FoundEnd& end : *found) {
    if (!is_on_way(end)) kept.push_back(end);
  }
  std::stable_sort(kept.begin(), kept.end(), IsBetter);
  const auto object_of = [&](const FoundEnd& end) { return (*nodes_)[end.path.back().node].object; };
  size_t answers = 0;
  size_t limits = 0;
  WaitEffect best = WaitEffect::kRejects;
  for (FoundEnd& end : kept) {
    const bool is_known = std::any_of(wait->ends.begin(), wait->ends.end(), [&](const FoundEnd& other) {
      return object_of(other) == object_of(end) && other.kind == end.kind;
    });
    if (is_known) continue;
    if (IsLimit(end)) {
      if (limits++ < kMaxLimits) wait->ends.push_back(std::move(end));
      continue;
    }
    // What only may settle it says nothing beside what does, nor does what only rejects it.
    if (answers > 0 && end.effect < best) continue;
    best = end.effect;
    if (++answers > kMaxPerLeaf || wait->ends.size() >= kMaxEnds) {
      ++wait->more;
    } else {
      wait->ends.push_back(std::move(end));
    }
  }
}

// The way to the next owner: a variable if there is one, else an object. Empty: none.
std::vector<WaitLink> WaitEnds::NextOwner(uint32_t of) const {
  std::vector<WaitLink> best;
  for (uint32_t edge = (*nodes_)[of].first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
    const uint32_t index = nodes_->EdgeAt(edge).to;
    const WaitNode& to = (*nodes_)[index];
    std::vector<WaitLink> way = {{index, edge}};
    if (to.in_array) {
      const std::vector<WaitLink> rest = to.role == WaitRole::kNamed ? NextOwner(index) : way;
      way.insert(way.end(), rest.begin(), rest.end());
      if (rest.empty()) continue;
    }
    const WaitNode& owner = (*nodes_)[way.back().node];
    if (owner.role == WaitRole::kEnd && *owner.variable != '\0') return way;
    if (owner.role == WaitRole::kNamed && !owner.in_array && best.empty()) best = way;
  }
  return best;
}

// Up to the first variable, or to the outermost object.
void WaitEnds::AddOwners(FoundEnd* end) const {
  uint32_t at = end->path.back().node;
  for (int level = 0; level < kMaxOwners; ++level) {
    const std::vector<WaitLink> way = NextOwner(at);
    if (way.empty()) return;
    end->owners.insert(end->owners.end(), way.begin(), way.end());
    at = way.back().node;
    if ((*nodes_)[at].role == WaitRole::kEnd) return;
  }
}

FoundWait WaitEnds::Find(uint32_t promise, const std::function<bool(uint32_t function)>& is_own) {
  FoundWait wait;
  const std::vector<Leaf> leaves = FindLeaves(promise, &wait);
  std::vector<std::vector<WaitLink>> paths;
  for (const Leaf& leaf : leaves) paths.push_back(PathTo(leaf.node));
  for (size_t i = 0; i < leaves.size(); ++i) {
    wait.via |= leaves[i].via;
    FindFrom(leaves[i], paths[i], is_own, &wait);
  }
  const bool has_answer = std::any_of(wait.ends.begin(), wait.ends.end(),
                                      [](const FoundEnd& end) { return end.effect != WaitEffect::kRejects; });
  if (!has_answer) return wait;
  // What can only reject it, and is no limit of time, is not waited for.
  std::erase_if(wait.ends,
                [](const FoundEnd& end) { return end.effect == WaitEffect::kRejects && !IsLimit(end); });
  return wait;
}

}  // namespace gmr::vm

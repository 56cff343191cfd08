#include "async_cycles.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr uint8_t kEndsOtherwise = kViaAny | kViaResolve;

}  // namespace

bool AsyncCycles::Run() {
  functions_ = static_cast<uint32_t>(graph_->functions().size());
  if (functions_ == 0) return true;
  if (!FindAll()) return false;
  if (!has_cycle_) return true;
  bool any = true;
  for (int passes = 0; any && has_cycle_; ++passes) {
    // Cycles that are nested so deeply are left unmarked.
    if (passes == kMaxPasses) return true;
    if (!NoteOtherEnds(&any) || (any && !FindAll())) return false;
  }
  marks_ = true;
  return !has_cycle_ || FindAll();
}

bool AsyncCycles::FindAll() {
  const size_t nodes = functions_ + graph_->promises().size();
  entered_ = 0;
  has_cycle_ = false;
  if (!order_.Assign(nodes, 0) || !low_.Assign(nodes, 0)) return false;
  for (uint32_t i = 0; i < functions_; ++i) {
    if (order_[i] == 0 && !Explore(i)) return false;
  }
  return true;
}

bool AsyncCycles::NoteOtherEnds(bool* any) {
  const auto& promises = graph_->promises();
  const auto& edges = graph_->edges();
  if (ends_otherwise_.empty() && !ends_otherwise_.Assign(promises.size(), 0)) return false;
  *any = false;
  for (uint32_t i = 0; i < promises.size(); ++i) {
    for (uint32_t index = promises[i].first_edge; index != kNoIndex; index = edges[index].next) {
      const AsyncEdge& edge = edges[index];
      if (edge.target == kNoIndex || edge.to_function || (edge.via & kViaAll) == 0) continue;
      const Node from = functions_ + i;
      const Node to = functions_ + edge.target;
      const bool is_beside = order_[from] == 0 || order_[to] == 0 || low_[from] != low_[to];
      if (!is_beside || ends_otherwise_[edge.target] != 0) continue;
      ends_otherwise_[edge.target] = 1;
      *any = true;
    }
  }
  return true;
}

bool AsyncCycles::Enter(Node node) {
  order_[node] = low_[node] = ++entered_;
  return open_.Append(node) && path_.Append({node, 0});
}

bool AsyncCycles::NextSuccessor(Step* step, Node* successor) const {
  if (step->node < functions_) {
    const AsyncFunction& function = graph_->functions()[step->node];
    if (function.suspended.kind != SuspendedKind::kAsyncGenerator) {
      *successor = functions_ + function.result;
      return step->next++ == 0 && function.result != kNoIndex;
    }
    uint32_t seen = 0;
    bool found = false;
    graph_->ForEachResult(function, [&](uint32_t promise) {
      const uint32_t number = seen++;
      if (found || number < step->next || number >= kMaxResults) return;
      step->next = number + 1;
      found = true;
      *successor = functions_ + promise;
    });
    return found;
  }
  const auto& edges = graph_->edges();
  const uint32_t first = graph_->promises()[step->node - functions_].first_edge;
  // `next` is an edge's index plus one, so that 0 is the beginning.
  uint32_t index = step->next == 0 ? first : edges[step->next - 1].next;
  for (; index != kNoIndex; index = edges[index].next) {
    step->next = index + 1;
    const AsyncEdge& edge = edges[index];
    if (edge.target == kNoIndex || (edge.via & kEndsOtherwise) != 0) continue;
    const bool is_of_all = !edge.to_function && (edge.via & kViaAll) != 0;
    if (is_of_all && !ends_otherwise_.empty() && ends_otherwise_[edge.target] != 0) continue;
    *successor = edge.to_function ? edge.target : functions_ + edge.target;
    return true;
  }
  return false;
}

bool AsyncCycles::Explore(Node root) {
  if (!Enter(root)) return false;
  while (!path_.empty()) {
    Step& step = path_[path_.size() - 1];
    Node successor = 0;
    if (NextSuccessor(&step, &successor)) {
      const Node node = step.node;
      if (order_[successor] == 0) {
        if (!Enter(successor)) return false;
      } else if (order_[successor] != kNoIndex) {
        low_[node] = std::min(low_[node], order_[successor]);
      }
      continue;
    }
    const Node done = step.node;
    path_.Truncate(path_.size() - 1);
    if (!path_.empty()) {
      uint32_t& low = low_[path_[path_.size() - 1].node];
      low = std::min(low, low_[done]);
    }
    if (low_[done] == order_[done]) Close(done);
  }
  return true;
}

// The nodes that lead to `node` and back are those above it on the stack. One
// that is alone is in no cycle: a function and its promise are two nodes.
void AsyncCycles::Close(Node node) {
  const bool alone = open_[open_.size() - 1] == node;
  const uint32_t component = order_[node];
  has_cycle_ = has_cycle_ || !alone;
  for (;;) {
    const Node member = open_[open_.size() - 1];
    open_.Truncate(open_.size() - 1);
    order_[member] = kNoIndex;
    low_[member] = component;
    if (marks_ && !alone && member < functions_) graph_->MarkInCycle(member);
    if (member == node) return;
  }
}

}  // namespace gmr::vm

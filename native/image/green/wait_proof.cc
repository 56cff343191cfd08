#include "wait_proof.h"

#include <algorithm>

namespace gmr::vm {

bool WaitProof::HoldsFunctions(const FoundEnd& end) const {
  return std::all_of(end.path.begin(), end.path.end(), [&](const WaitLink& link) {
    const uint32_t function = (*nodes_)[link.node].function;
    return function == kNoIndex || proof_->HoldsFunction(function);
  });
}

bool WaitProof::Holds(const FoundEnd& end) const {
  if (end.path.empty() || !HoldsWay(end.path, (*nodes_)[end.path.front().node].object, false)) return false;
  return HoldsWay(end.owners, (*nodes_)[end.path.back().node].object, true);
}

bool WaitProof::HoldsWay(const std::vector<WaitLink>& path, Tagged held, bool with_first) const {
  for (size_t i = with_first ? 0 : 1; i < path.size(); ++i) {
    if (!HoldsStep(path, i, &held)) return false;
  }
  return true;
}

bool WaitProof::HasReaction(Tagged promise, Tagged reaction) const {
  Tagged next;
  if (!proof_->IsPending(promise) || !heap_->Load(promise, layout_->promise_reactions, &next)) return false;
  for (int i = 0; i < kMaxReactions && next.IsObject(); ++i) {
    if (next == reaction) return proof_->IsPending(promise);
    if (!heap_->Is(&next, layout_->type_reaction) || !heap_->Load(next, layout_->reaction_next, &next))
      return false;
  }
  return false;
}

// Whether a list that has the node `from` has `to` behind it.
bool WaitProof::LeadsInList(Tagged from, Tagged to, int32_t offset) const {
  for (int i = 0; i < kMaxListNodes && from.IsObject(); ++i) {
    if (from == to) return true;
    if (!heap_->Load(from, offset, &from)) return false;
  }
  return false;
}

bool WaitProof::HoldsStep(const std::vector<WaitLink>& path, size_t at, Tagged* held) const {
  const WaitNode& to = (*nodes_)[path[at].node];
  const WaitEdge& edge = nodes_->EdgeAt(path[at].edge);
  Tagged from = *held;
  const bool is_from_promise = at > 0 && (*nodes_)[path[at - 1].node].role == WaitRole::kPromise;
  const bool is_from_reaction = at > 0 && (*nodes_)[path[at - 1].node].role == WaitRole::kReaction;
  *held = to.object;
  const uint32_t function = at > 0 ? (*nodes_)[path[at - 1].node].function : kNoIndex;
  if (function != kNoIndex && to.role == WaitRole::kPromise) return proof_->HoldsAwait(function);
  // All nodes of the same list.
  if (to.list != kNoIndex) return true;
  if (edge.list_node.IsObject() && at > 0) {
    const int32_t offset = (*nodes_)[path[at - 1].node].list_offset;
    if (!LeadsInList(edge.list_node, from, offset)) return false;
    from = edge.list_node;
  }
  if (to.end == WaitEndKind::kFunction) return proof_->FunctionLeads(to.function, from);
  if (is_from_promise && edge.offset < 0) return proof_->Leads(to.object, from);
  if (is_from_reaction && to.role == WaitRole::kPromise) return HasReaction(to.object, from);
  Tagged now;
  if (is_from_promise && to.role == WaitRole::kFunction)
    return holders_.Find(from, {to.object, HolderProof::kByContext, {}, -1}, &now);
  if (edge.table.IsObject()) {
    Tagged key;
    return holders_.Find(from, {edge.table, edge.offset, {}, -1}, &now) && now == edge.table &&
           heap_->Load(edge.table, edge.key_offset, &key) && key == to.object;
  }
  HeldBy by{to.object, edge.offset, {}, -1};
  if (at + 1 < path.size()) {
    by.outer = (*nodes_)[path[at + 1].node].object;
    by.outer_offset = nodes_->EdgeAt(path[at + 1].edge).offset;
  }
  return holders_.Find(from, by, held);
}

}  // namespace gmr::vm

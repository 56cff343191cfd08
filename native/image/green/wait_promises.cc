// From promises to what they depend on: the part of WaitSearch that reads the graph instead of the heap.

#include <algorithm>

#include "wait_search.h"

namespace gmr::vm {

// `object` is searched for what holds it unless somebody settles it that is known already.
bool WaitSearch::ExpandPromise(uint32_t index) {
  const uint32_t promise = graph_->FindPromise(nodes_[index].object);
  const bool was_seen = nodes_[index].first_edge != kNoIndex;
  if (!was_seen && promise != kNoIndex) {
    const AsyncPromise& known = graph_->promises()[promise];
    if (known.producer != kNoIndex) {
      WaitNode end;
      end.object = graph_->functions()[known.producer].suspended.object;
      end.role = WaitRole::kEnd;
      end.end = WaitEndKind::kFunction;
      end.effect = nodes_[index].effect;
      end.function = known.producer;
      const uint32_t to = Connect(index, end, {});
      if (end.effect == WaitEffect::kMaySettle && to != kNoIndex) FollowAwait(to, end.function);
      return true;
    }
    FollowSources(index, promise);
    if (nodes_[index].first_edge != kNoIndex) return true;
  }
  if (!was_seen) FollowResolvers(index);
  return ExpandHeld(index);
}

void WaitSearch::FollowSources(uint32_t index, uint32_t promise) {
  for (uint32_t i = graph_->promises()[promise].first_source; i != kNoIndex;
       i = graph_->edges()[i].next_source) {
    const AsyncEdge& edge = graph_->edges()[i];
    WaitNode source;
    source.object = graph_->promises()[edge.promise].pending.object;
    source.effect = nodes_[index].effect;
    source.inner = nodes_[index].inner;
    WaitEdge to;
    to.via = edge.via;
    if (Connect(index, source, to) == kNoIndex) return;
  }
}

// Where a handler of this promise settles the one that was asked for: only what calls that handler counts.
void WaitSearch::FollowResolvers(uint32_t index) {
  const WaitRole by = nodes_[index].inner;
  const uint32_t* first = first_resolver_.Find(nodes_[index].object.bits());
  for (uint32_t i = first == nullptr ? kNoIndex : *first; i != kNoIndex; i = next_resolver_[i]) {
    const bool rejects = search_->scan.resolvers()[i].rejects;
    if (by == (rejects ? kByFulfilment : kByRejection)) continue;
    WaitNode resolver;
    resolver.object = search_->scan.resolvers()[i].object;
    resolver.role = WaitRole::kFunction;
    resolver.effect = rejects && by == kByBoth ? WaitEffect::kRejects : nodes_[index].effect;
    WaitEdge to;
    to.offset = layout_->resolve_promise;
    to.table = search_->scan.resolvers()[i].context;
    if (Connect(index, resolver, to) == kNoIndex) return;
  }
}

bool WaitSearch::ExpandReaction(uint32_t index) {
  if (!has_reactions_) {
    has_reactions_ = true;
    for (uint32_t i = 0; i < graph_->promises().size(); ++i) {
      const Tagged newest = graph_->promises()[i].pending.reactions;
      uint32_t present = i;
      if (newest.IsObject() && !newest_reactions_.Insert(newest.bits(), i, &present)) break;
    }
  }
  const uint32_t* promise = newest_reactions_.Find(nodes_[index].object.bits());
  if (promise == nullptr) return ExpandHeld(index);
  WaitNode next;
  next.object = graph_->promises()[*promise].pending.object;
  next.effect = nodes_[index].effect;
  next.inner = nodes_[index].inner;
  WaitEdge edge;
  edge.offset = layout_->promise_reactions;
  Connect(index, next, edge);
  return true;
}

// An older one is behind the newest ones of its promise.
void WaitSearch::VisitReactionHolder(uint32_t index, const FoundHolder& found) {
  Tagged holder = found.object;
  const int32_t type = heap_->TypeOf(&holder);
  const bool is_next = type == layout_->type_reaction && found.offset == layout_->reaction_next;
  const bool is_promise = type == layout_->type_promise && found.offset == layout_->promise_reactions;
  if (!is_next && !is_promise) return;
  WaitNode next;
  next.object = found.object;
  next.role = is_next ? WaitRole::kReaction : WaitRole::kPromise;
  next.effect = nodes_[index].effect;
  next.inner = nodes_[index].inner;
  WaitEdge edge;
  edge.offset = found.offset;
  Connect(index, next, edge);
}

// A function that may settle it goes on when what it waits for itself is there.
void WaitSearch::FollowAwait(uint32_t index, uint32_t function) {
  const uint32_t awaited = graph_->functions()[function].awaited;
  if (awaited == kNoIndex || nodes_[index].first_edge != kNoIndex) return;
  WaitNode next;
  next.object = graph_->promises()[awaited].pending.object;
  next.effect = std::min(nodes_[index].effect, WaitEffect::kMaySettle);
  next.inner = kByEither;
  WaitEdge edge;
  edge.offset = 0;
  Connect(index, next, edge);
}

}  // namespace gmr::vm

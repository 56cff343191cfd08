#include "async_leaves.h"

#include <algorithm>

namespace gmr::vm {

bool AsyncLeaves::Collect(const AsyncGraph& graph, const AsyncGroups& groups, uint32_t max_groups,
                          LeafLabels* labels) {
  leaves_.Truncate(0);
  const auto count = std::min<size_t>(groups.groups().size(), max_groups);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t awaited = graph.functions()[groups.groups()[i].sample].awaited;
    if (awaited == kNoIndex) {
      if (!leaves_.Append({.group = i})) return false;
    } else if (!Follow(graph, i, awaited, labels)) {
      return false;
    }
  }
  return true;
}

// Inwards, from a promise to those that it depends on.
bool AsyncLeaves::Follow(const AsyncGraph& graph, uint32_t group, uint32_t awaited, LeafLabels* labels) {
  Open open[kMaxPerGroup] = {{awaited, 0, 0}};
  int count = 1;
  for (int steps = 0; count > 0 && steps < kMaxPerGroup * kMaxDepth; ++steps) {
    const Open next = open[--count];
    const AsyncPromise& promise = graph.promises()[next.promise];
    const bool ends =
        promise.producer != kNoIndex || promise.first_source == kNoIndex || next.depth == kMaxDepth;
    if (ends) {
      if (!AddEnd(graph, group, next, labels)) return false;
      continue;
    }
    for (uint32_t i = promise.first_source; i != kNoIndex && count < kMaxPerGroup;
         i = graph.edges()[i].next_source) {
      const AsyncEdge& edge = graph.edges()[i];
      open[count++] = {edge.promise, next.depth + 1, static_cast<uint8_t>(next.via | edge.via)};
    }
  }
  return true;
}

bool AsyncLeaves::AddEnd(const AsyncGraph& graph, uint32_t group, const Open& end, LeafLabels* labels) {
  const AsyncPromise& promise = graph.promises()[end.promise];
  AsyncLeaf leaf;
  leaf.group = group;
  leaf.via = end.via;
  leaf.promise = end.promise;
  leaf.function = promise.producer;
  if (leaf.function == kNoIndex) leaf.label = labels->Add(promise.pending.object);
  return leaves_.Append(leaf);
}

}  // namespace gmr::vm

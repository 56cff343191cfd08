#include "wait_nodes.h"

namespace gmr::vm {

namespace {

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

uint64_t Mix(uint64_t hash, const char* text) {
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  return Mix(hash, uint64_t{0xff});
}

// 64 bits: that two of at most 200,000 nodes have the same is once in a billion reports.
uint64_t KeyOf(const WaitNode& node) {
  uint64_t hash =
      Mix(Mix(Mix(Mix(0, node.object.bits()), node.content.bits()), node.variable), node.property);
  const auto kind = static_cast<uint64_t>(node.role) | static_cast<uint64_t>(node.inner) << 8 |
                    static_cast<uint64_t>(node.effect) << 16 | static_cast<uint64_t>(node.end) << 24 |
                    uint64_t{node.in_array} << 32 | uint64_t{node.level} << 40;
  hash = Mix(Mix(Mix(hash, kind), uint64_t{node.function}), uint64_t{node.list});
  hash = Mix(hash, node.only.bits());
  return hash == 0 ? 1 : hash;
}

}  // namespace

uint32_t WaitNodes::Add(const WaitNode& node) {
  const auto index = static_cast<uint32_t>(nodes_.size());
  const uint64_t key = KeyOf(node);
  const uint32_t* known = numbers_.Find(key);
  if (known != nullptr) return *known;
  uint32_t present = index;
  if (!nodes_.Append(node)) return kNoIndex;
  if (numbers_.Insert(key, index, &present)) return index;
  nodes_.Truncate(index);
  return kNoIndex;
}

bool WaitNodes::Connect(uint32_t from, const WaitEdge& edge) {
  const auto index = static_cast<uint32_t>(edges_.size());
  if (!edges_.Append(edge)) return false;
  WaitNode& node = nodes_[from];
  if (node.last_edge != kNoIndex) edges_[node.last_edge].next = index;
  if (node.first_edge == kNoIndex) node.first_edge = index;
  node.last_edge = index;
  return true;
}

}  // namespace gmr::vm

// From an object to what owns it: the part of WaitEnds that looks for owners.

#include <algorithm>

#include "wait_ends.h"

namespace gmr::vm {

namespace {

// Behind the first one.
constexpr int kMaxMoreOwners = 4;

}  // namespace

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
    if ((*nodes_)[end->owners.back().node].role == WaitRole::kEnd) break;
    const std::vector<WaitLink> next = NextOwner(end->owners.back().node);
    if (next.empty()) break;
    const WaitNode& owner = (*nodes_)[next.back().node];
    if (owner.role == WaitRole::kEnd && !owner.is_outer) break;
    end->owners.insert(end->owners.end(), next.begin(), next.end());
  }
  AddOwnersOfClosures(end);
}

// If the last owner is a variable of a function through whose closures the search went on: what has one of
// these closures, and what has that.
void WaitEnds::AddOwnersOfClosures(FoundEnd* end) const {
  const WaitNode scope = (*nodes_)[end->owners.empty() ? end->path.back().node : end->owners.back().node];
  if (scope.end != WaitEndKind::kVariable || scope.is_outer) return;
  for (uint32_t edge = scope.first_edge; edge != kNoIndex; edge = nodes_->EdgeAt(edge).next) {
    std::vector<WaitLink> way = {{nodes_->EdgeAt(edge).to, edge}};
    for (int i = 0; i < kMaxMoreOwners; ++i) {
      const std::vector<WaitLink> next = NextOwner(way.back().node);
      // The scope has most of them itself.
      if (next.empty() || (*nodes_)[next.back().node].object == scope.object) break;
      way.insert(way.end(), next.begin(), next.end());
      if ((*nodes_)[way.back().node].role == WaitRole::kEnd) break;
    }
    if (way.size() == 1) continue;
    end->owners.insert(end->owners.end(), way.begin(), way.end());
    return;
  }
}

}  // namespace gmr::vm

#include "wait_answers.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxHolders = 16;
constexpr size_t kMaxNameBytes = 128;
// PropertyCell, src/objects/property-cell.tq: map, name.
constexpr int32_t kCellName = 8;
// A longer chain of callers is looked at up to there.
constexpr int kMaxCallers = 1000;
constexpr int kMaxScopes = 3;

HolderKind KindOf(HolderShape shape) {
  switch (shape) {
    case HolderShape::kPlain:
      return HolderKind::kPlain;
    case HolderShape::kCollection:
      return HolderKind::kCollection;
    case HolderShape::kListNode:
      return HolderKind::kListNode;
    case HolderShape::kTimer:
      return HolderKind::kTimer;
    case HolderShape::kSignal:
      return HolderKind::kSignal;
    case HolderShape::kRequest:
      return HolderKind::kRequest;
    default:
      return HolderKind::kObject;
  }
}

}  // namespace

void WaitAnswers::Reset(const WantedValues* wanted, bool with_values) {
  wanted_ = wanted;
  with_values_ = with_values;
  promises_.clear();
  found_.clear();
  reported_.clear();
}

void WaitAnswers::AddTo(uint32_t max_groups) {
  const auto count = std::min<size_t>(groups_->groups().size(), max_groups);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t awaited = graph_->functions()[groups_->groups()[i].sample].awaited;
    promises_.push_back(awaited == kNoIndex ? kNoIndex
                                            : search_->Add(graph_->promises()[awaited].pending.object));
    reported_.emplace_back();
    reported_.back().goes_on = awaited == kNoIndex;
  }
  found_.resize(count);
}

void WaitAnswers::Read(int64_t deadline_ns) {
  for (uint32_t i = 0; i < found_.size(); ++i) {
    if (promises_[i] == kNoIndex) continue;
    if (platform::MonotonicNs() > deadline_ns) {
      reported_[i].cut |= kCutTime;
      continue;
    }
    const auto is_own = [&](uint32_t function) {
      uint32_t at = groups_->groups()[i].sample;
      for (int level = 0; at != kNoIndex && level < kMaxCallers; ++level) {
        if (at == function) return true;
        at = graph_->functions()[at].caller;
      }
      return false;
    };
    found_[i] = ends_.Find(promises_[i], is_own);
    AddCallback(&found_[i]);
    Wait& wait = reported_[i];
    wait.is_searched = true;
    wait.via = found_[i].via;
    wait.cut = found_[i].cut;
    wait.more = found_[i].more;
    std::vector<FoundEnd> ends;
    for (FoundEnd& found : found_[i].ends) {
      WaitEnd end;
      if (!Tell(found, &end)) continue;
      wait.ends.push_back(std::move(end));
      ends.push_back(std::move(found));
    }
    found_[i].ends = std::move(ends);
  }
}

void WaitAnswers::AddCallback(FoundWait* wait) {
  const bool has_answer = std::any_of(wait->ends.begin(), wait->ends.end(),
                                      [](const FoundEnd& end) { return end.effect != WaitEffect::kRejects; });
  for (FoundEnd& end : wait->functions) {
    const Tagged function = search_->nodes()[end.path.back().node].object;
    if (has_answer || search_->kinds().PlaceOf(function) == kNoIndex) continue;
    wait->ends.insert(wait->ends.begin(), std::move(end));
    break;
  }
  wait->functions.clear();
}

bool WaitAnswers::TellAgain(uint32_t group, uint32_t end) {
  return Tell(found_[group].ends[end], &reported_[group].ends[end]);
}

void WaitAnswers::Drop(uint32_t group, const std::vector<uint8_t>& is_proved) {
  std::vector<WaitEnd> kept;
  for (size_t i = 0; i < reported_[group].ends.size(); ++i) {
    if (is_proved[i] != 0) kept.push_back(std::move(reported_[group].ends[i]));
  }
  reported_[group].ends = std::move(kept);
}

bool WaitAnswers::Tell(const FoundEnd& found, WaitEnd* end) {
  bool is_known = true;
  end->effect = found.effect;
  end->holders = HoldersOf(found.path, &is_known);
  std::vector<WaitLink> owners = {found.path.back()};
  owners.insert(owners.end(), found.owners.begin(), found.owners.end());
  end->owners = HoldersOf(owners, &is_known);
  return is_known && !end->holders.empty();
}

// Without the first one, which is what they hold.
std::vector<Holder> WaitAnswers::HoldersOf(const std::vector<WaitLink>& path, bool* is_known) {
  std::vector<Holder> holders;
  for (size_t i = 1; i < path.size(); ++i) {
    const WaitNode& node = search_->nodes()[path[i].node];
    const bool is_between = node.in_array || node.list != kNoIndex || node.role == WaitRole::kPromise ||
                            node.role == WaitRole::kReaction || node.role == WaitRole::kScope;
    Holder holder;
    if (is_between) continue;
    const bool is_told = OfLink(path, i, &holder);
    // Resolving functions have no place.
    if (node.role == WaitRole::kFunction && !is_told) continue;
    *is_known = *is_known && is_told;
    if (holders.size() == kMaxHolders) holders.erase(holders.begin());
    holders.push_back(std::move(holder));
  }
  return holders;
}

bool WaitAnswers::OfLink(const std::vector<WaitLink>& path, size_t at, Holder* holder) {
  const WaitNode& node = search_->nodes()[path[at].node];
  const WaitEdge& edge = search_->nodes().EdgeAt(path[at].edge);
  const WaitNode& held = search_->nodes()[path[at - 1].node];
  if (node.role == WaitRole::kFunction) {
    *holder = OfCallback(node.object);
    return !holder->file.empty();
  }
  switch (node.end) {
    case WaitEndKind::kFunction:
    case WaitEndKind::kGoingOn:
    case WaitEndKind::kLocal:
      *holder = OfFunction(node);
      return !holder->file.empty();
    case WaitEndKind::kVariable:
      *holder = OfScope(node);
      return true;
    case WaitEndKind::kGlobal:
      holder->kind = HolderKind::kGlobal;
      return GlobalName(node.object, &holder->member);
    case WaitEndKind::kStatic:
      *holder = OfCallback(node.object);
      if (holder->file.empty()) return false;
      break;
    default:
      Tagged object = node.object;
      *holder = heap_->IsFunction(&object) ? OfCallback(object) : OfObject(object);
      break;
  }
  return MemberOf(held, node, edge, &holder->member);
}

bool WaitAnswers::GlobalName(Tagged cell, std::string* member) const {
  Tagged name;
  if (!heap_->Load(cell, kCellName, &name)) return false;
  const char* text = strings_->Copy(name, kMaxNameBytes);
  if (text != nullptr) *member = text;
  return true;
}

bool WaitAnswers::MemberOf(const WaitNode& held, const WaitNode& holder, const WaitEdge& edge,
                           std::string* member) const {
  if (*edge.member == '\0') return true;
  Tagged value = held.in_array ? held.content : held.object;
  if (edge.list_node.IsObject()) value = edge.list_node;
  const char* name = NameOfValue(*heap_, *strings_, holder.object, value);
  if (name == nullptr) return false;
  *member = name;
  return true;
}

Holder WaitAnswers::OfObject(Tagged object) {
  Holder holder;
  const HolderClass known = search_->kinds().OfNow(object);
  holder.kind = KindOf(known.shape);
  holder.class_name = known.name;
  holder.file = known.file;
  if (holder.kind == HolderKind::kTimer) {
    const HeldTimer timer = search_->kinds().ReadTimer(object);
    holder.after_ms = timer.after_ms;
    holder.left_ms = timer.left_ms;
  }
  holder.description = search_->kinds().DescribeRequest(object, known, with_values_);
  ReadValues(object, false, &holder);
  return holder;
}

// A class that extends a class of a library counts as that class.
void WaitAnswers::ReadValues(Tagged object, bool is_scope, Holder* holder) {
  holder->object = object;
  if (wanted_ == nullptr) return;
  const WantedRow* row = nullptr;
  if (is_scope) {
    holder->known_as = holder->function_name + "()";
    row = wanted_->Find(holder->known_as);
  } else {
    classes_.AnyClass(object, [&](const char* name) {
      holder->known_as = name;
      row = wanted_->Find(name);
      return row != nullptr;
    });
  }
  if (row == nullptr) {
    holder->known_as.clear();
  } else {
    holder->values = values_.Read(object, is_scope, row->values);
  }
}

Holder WaitAnswers::OfCallback(Tagged function) {
  Holder holder;
  holder.kind = HolderKind::kCallback;
  const uint32_t index = search_->kinds().PlaceOf(function);
  if (index == kNoIndex) return holder;
  const AsyncPlace& place = (*places_)[index];
  holder.function_name = place.name;
  holder.file = place.file;
  holder.line = place.line;
  holder.column = place.column;
  return holder;
}

Holder WaitAnswers::OfFunction(const WaitNode& node) {
  Holder holder;
  holder.kind = node.end == WaitEndKind::kLocal ? HolderKind::kLocal : HolderKind::kFunction;
  const uint32_t index = groups_->chains()[groups_->ChainOf(node.function)].place;
  if (index == kNoIndex) return holder;
  const AsyncPlace& place = (*places_)[index];
  holder.class_name = place.class_name;
  holder.function_name = place.name;
  holder.file = place.file;
  holder.line = place.line;
  holder.column = place.column;
  return holder;
}

// What Node's own functions keep for an emitter: parameters may be in a scope around that of the variables.
std::string WaitAnswers::EmitterOf(Tagged scope) {
  for (int i = 0; i < kMaxScopes; ++i) {
    Scope known;
    if (!search_->scopes().Read(scope, &known) || known.is_top_level) return "";
    const Tagged emitter = search_->scopes().Sibling(scope, "emitter");
    if (emitter.IsObject()) return search_->kinds().OfNow(emitter).name;
    if (!heap_->Load(scope, layout_->context_previous, &scope)) return "";
  }
  return "";
}

Holder WaitAnswers::OfScope(const WaitNode& node) {
  Holder holder;
  Scope scope;
  holder.kind = HolderKind::kScope;
  holder.member = node.variable;
  holder.is_outer = node.is_outer;
  if (search_->scopes().Read(node.object, &scope) && !scope.is_top_level)
    holder.function_name = scope.function_name;
  const Tagged closure = search_->ClosureOf(node.object);
  if (closure.IsObject()) holder.file = OfCallback(closure).file;
  if (holder.file.starts_with("node:")) holder.description = EmitterOf(node.object);
  ReadValues(node.object, true, &holder);
  return holder;
}

}  // namespace gmr::vm

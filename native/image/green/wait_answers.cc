#include "wait_answers.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/own_name.h"
#include "../values/collection_entries.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxHolders = 16;
constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxFileBytes = 1024;
// PropertyCell, src/objects/property-cell.tq: map, name.
constexpr int32_t kCellName = 8;
// A longer chain of callers is looked at up to there.
constexpr int kMaxCallers = 1000;
constexpr int kMaxScopes = 3;
// Where Node's EventTarget has its listeners.
constexpr const char* kEventsOfTarget = "[kEvents]";
constexpr int32_t kMaxEvents = 64;
// Where an EventEmitter has them.
constexpr const char* kEvents = "_events";
constexpr const char* kTimeoutSignal = "AbortSignal.timeout()";
constexpr const char* kFileOfEvents = "node:events";

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

bool IsWordCharacter(char c) {
  return c == '_' || c == '$' || c == '#' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z');
}

// Whether it could be an identifier in source code, or is a symbol, which is in brackets.
bool IsName(const std::string& member) {
  return member.front() == '[' || std::all_of(member.begin(), member.end(), IsWordCharacter);
}

// The explainers (src/explain) know what the keys of a package's objects are, and mask them where necessary.
bool IsOfPackage(const Holder& holder) {
  return holder.kind == HolderKind::kObject && holder.file.find("/node_modules/") != std::string::npos;
}

// Removes keys of objects that are used as maps: they are data, perhaps personal data. The name of an event
// is kept, whatever its characters.
void HideKeys(std::vector<Holder>* holders) {
  for (size_t i = 0; i < holders->size(); ++i) {
    Holder& holder = (*holders)[i];
    if (holder.kind != HolderKind::kPlain || holder.member.empty() || IsName(holder.member)) continue;
    const auto outer = holders->begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const bool is_event = outer != holders->end() && outer->member == kEvents;
    if (!is_event && std::none_of(outer, holders->end(), IsOfPackage)) holder.member.clear();
  }
}

}  // namespace

void WaitAnswers::Reset(const WantedValues* wanted, bool with_values) {
  wanted_ = wanted;
  with_values_ = with_values;
  promises_.clear();
  found_.clear();
  reported_.clear();
  others_.clear();
}

void WaitAnswers::ReadOne(uint32_t function, uint32_t promise, FoundWait* found, Wait* wait) {
  const auto is_own = [&](uint32_t other) {
    uint32_t at = function;
    for (int level = 0; at != kNoIndex && level < kMaxCallers; ++level) {
      if (at == other) return true;
      at = graph_->functions()[at].caller;
    }
    return false;
  };
  *found = ends_.Find(promise, is_own);
  AddCallback(found);
  wait->is_searched = true;
  wait->via = found->via;
  wait->cut = found->cut;
  wait->more = found->more;
  wait->dead = found->dead;
  std::vector<FoundEnd> ends;
  for (FoundEnd& each : found->ends) {
    WaitEnd end;
    if (!Tell(each, &end)) continue;
    wait->ends.push_back(std::move(end));
    ends.push_back(std::move(each));
  }
  found->ends = std::move(ends);
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
  end->is_uncalled = found.is_uncalled;
  int scopes = 0;
  for (const WaitLink& link : found.path) {
    const WaitNode& node = search_->nodes()[link.node];
    if (!found.is_uncalled || node.role != WaitRole::kScope) continue;
    end->variable = ++scopes == 1 ? node.variable : "";
  }
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
    if (wanted_ != nullptr && holder.member == kEventsOfTarget) AddEvent(path, i, &holder);
    // Resolving functions have no place.
    if (node.role == WaitRole::kFunction && !is_told) continue;
    *is_known = *is_known && is_told;
    if (node.end == WaitEndKind::kVariable && holder.file == kFileOfEvents &&
        AddIterated(node.object, &holders))
      continue;
    if (holders.size() == kMaxHolders) holders.erase(holders.begin());
    holders.push_back(std::move(holder));
  }
  HideKeys(&holders);
  return holders;
}

// An EventTarget has its listeners in a Map, by the name of the event.
void WaitAnswers::AddEvent(const std::vector<WaitLink>& path, size_t at, Holder* holder) {
  if (at < 3) return;
  const Tagged map = search_->nodes()[path[at - 1].node].object;
  const Tagged listeners = search_->nodes()[path[at - 3].node].object;
  CollectionEntries(heap_, layout_).VisitCollection(map, kMaxEvents, [&](Tagged key, Tagged value) {
    const char* name = value == listeners ? strings_->Copy(key, kMaxNameBytes) : nullptr;
    if (name == nullptr) return true;
    holder->values.push_back({"event", PrimitiveKind::kString, platform::Unmasked(name)});
    return false;
  });
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
    case WaitEndKind::kExports:
      *holder = OfModule(node.object);
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
    holder.repeats = timer.repeats;
  }
  holder.description = search_->kinds().DescribeRequest(object, known, with_values_);
  if (holder.kind == HolderKind::kSignal) {
    Tagged timeout;
    int32_t kind = -1;
    const bool is_timeout = ReadOwnDescribed(*heap_, *strings_, object, "kTimeout", &timeout) &&
                            heap_->Is(&timeout, layout_->type_oddball) &&
                            heap_->LoadSmi(timeout, layout_->oddball_kind, &kind) &&
                            kind == layout_->oddball_true;
    if (is_timeout) holder.description = kTimeoutSignal;
  }
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
  holder.enclosing_name = place.enclosing_name;
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
  holder.enclosing_name = place.enclosing_name;
  holder.file = place.file;
  holder.line = place.line;
  holder.column = place.column;
  return holder;
}

// A variable of one of Node's own functions: parameters may be in a scope around that of the variables.
Tagged WaitAnswers::VariableOf(Tagged scope, const char* name) {
  for (int i = 0; i < kMaxScopes; ++i) {
    Scope known;
    if (!search_->scopes().Read(scope, &known) || known.is_top_level) return {};
    const Tagged value = search_->scopes().Sibling(scope, name);
    if (value.IsObject()) return value;
    if (!heap_->Load(scope, layout_->context_previous, &scope)) return {};
  }
  return {};
}

// An iterator of events.on() keeps what waits for its next event in a variable, not with the emitter. Where
// it listens is in an array of arrays, which begin with the emitter and the event: a variable that its
// function removeAll() can see.
bool WaitAnswers::AddIterated(Tagged scope, std::vector<Holder>* holders) {
  Tagged emitter = VariableOf(scope, "emitter");
  Tagged function = VariableOf(scope, "removeAll");
  Tagged context;
  if (heap_->TypeOf(&emitter) < heap_->layout().type_first_receiver || !heap_->IsFunction(&function) ||
      !heap_->Load(function, layout_->function_context, &context) || !context.IsObject())
    return false;
  std::vector<Tagged> first;
  const CollectionEntries entries(heap_, layout_);
  const auto take = [&](Tagged element) {
    first.push_back(element);
    return true;
  };
  const Tagged listeners = search_->scopes().Sibling(context, "listeners");
  if (!listeners.IsObject() || !entries.VisitElements(listeners, 1, take) || first.empty()) return false;
  const Tagged listener = first.front();
  first.clear();
  if (!listener.IsObject() || !entries.VisitElements(listener, 2, take) || first.size() < 2) return false;
  const char* event = first[0] == emitter ? strings_->Copy(first[1], kMaxNameBytes) : nullptr;
  if (event == nullptr) return false;
  Holder events;
  events.kind = HolderKind::kPlain;
  events.member = event;
  holders->push_back(std::move(events));
  holders->push_back(OfObject(emitter));
  holders->back().member = kEvents;
  return true;
}

// What a CommonJS module exports is shown as a variable `exports` of its file.
// lib/internal/modules/cjs/loader.js
Holder WaitAnswers::OfModule(Tagged module) {
  Holder holder;
  holder.kind = HolderKind::kScope;
  holder.member = "exports";
  holder.is_outer = true;
  holder.object = module;
  Tagged filename;
  const bool has_file = ReadOwnProperty(*heap_, *strings_, module, "filename", &filename);
  const char* file = has_file ? strings_->Copy(filename, kMaxFileBytes) : nullptr;
  if (file != nullptr) holder.file = file;
  return holder;
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
  if (holder.file.starts_with("node:")) {
    const Tagged emitter = VariableOf(node.object, "emitter");
    if (emitter.IsObject()) holder.description = search_->kinds().OfNow(emitter).name;
  }
  ReadValues(node.object, true, &holder);
  return holder;
}

}  // namespace gmr::vm

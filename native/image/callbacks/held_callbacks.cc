#include "held_callbacks.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "../../base/clock.h"
#include "../objects/bound_function.h"

namespace gmr::vm {

CallbackHolders CallbackHolders::Of(const HeapCensus& census, const OpenRows* rows) {
  CallbackHolders holders;
  holders.rows = rows;
  holders.are_all = census.has_all_holders();
  for (const auto& [object, row] : census.holders()) holders.objects.push_back({object, row});
  return holders;
}

void HeldCallbacks::Reset() {
  scopes_.Reset();
  rows_.clear();
  entries_.clear();
  by_holder_.clear();
  known_.clear();
  entry_of_.clear();
}

bool HeldCallbacks::AddTo(AsyncGraph* graph, const CallbackHolders& holders, int64_t deadline_ns) {
  Reset();
  graph_ = graph;
  if (holders.rows == nullptr || holders.objects.empty()) return holders.are_all;
  for (const OpenRow& row : holders.rows->rows()) rows_.push_back(CallbackRow::From(row));
  bool is_complete = true;
  for (size_t i = 0; i < holders.objects.size() && is_complete; ++i) {
    is_complete = i % kPerLook != kPerLook - 1 || platform::MonotonicNs() <= deadline_ns;
    is_complete = is_complete && ReadHolder(holders.objects[i]);
  }
  return AddEntries(graph) && is_complete && holders.are_all;
}

// False: too many.
bool HeldCallbacks::ReadHolder(const CallbackHolders::Holder& holder) {
  const CallbackRow& row = rows_[holder.row];
  if (!Matches(holder.object, row)) return true;
  for (size_t i = 0; i < row.paths.size(); ++i) {
    Entry entry;
    entry.holder = holder.object;
    entry.row = holder.row;
    entry.path = static_cast<uint16_t>(i);
    if (row.paths[i].is_chain()) {
      Found found;
      if (!ReadChain(holder.object, row.paths[i], &found, &entry.next)) continue;
      entry.owner = holder.object;
      entry.function = found.function;
      if (!AddEntry(entry)) return false;
      continue;
    }
    for (const Found& found : ReadAll(holder.object, row.paths[i])) {
      entry.owner = found.owner;
      entry.function = found.function;
      if (!AddEntry(entry)) return false;
    }
  }
  return true;
}

bool HeldCallbacks::AddEntry(const Entry& from) {
  Entry entry = from;
  if (entry.function.IsObject()) entry.whose = OwnerOf(entry.function);
  const bool is_chain = rows_[entry.row].paths[entry.path].is_chain();
  if (!is_chain) {
    // Several ways may lead to the same one.
    const auto way = static_cast<uint16_t>(entry.row << 8 | entry.path);
    const std::pair<uint64_t, uint16_t> place{entry.holder.bits(), way};
    if (entry.whose != Owner::kService ||
        known_.try_emplace(entry.function.bits(), place).first->second != place)
      return true;
  }
  if (entries_.size() == kMaxEntries) return false;
  entries_.push_back(entry);
  if (is_chain) by_holder_[entry.holder.bits()].push_back(static_cast<uint32_t>(entries_.size() - 1));
  return true;
}

bool HeldCallbacks::Matches(Tagged object, const CallbackRow& row) const {
  return std::all_of(row.conditions.begin(), row.conditions.end(),
                     [&](const CallbackRow::Condition& condition) { return Matches(object, condition); });
}

bool HeldCallbacks::Matches(Tagged object, const CallbackRow::Condition& condition) const {
  Tagged value;
  char text[kMaxText] = {};
  bool holds = values_.Find(object, false, condition.path, &value);
  const PrimitiveKind kind =
      holds ? PrimitiveText(*heap_, *layout_, *strings_, value, text, sizeof text) : PrimitiveKind::kNone;
  if (condition.mask != 0) {
    uint32_t bits = 0;
    uint32_t wanted = 0;
    const char* end = text + std::strlen(text);
    std::from_chars(condition.value.data(), condition.value.data() + condition.value.size(), wanted);
    holds = kind == PrimitiveKind::kNumber && std::from_chars(text, end, bits).ptr == end &&
            (bits & condition.mask) == wanted;
  } else if (!condition.value.empty()) {
    holds = kind != PrimitiveKind::kNone && condition.value == text;
  } else {
    const bool is_object = heap_->TypeOf(&value) >= heap_->layout().type_first_receiver;
    holds = holds && kind != PrimitiveKind::kNull && (kind != PrimitiveKind::kNone || is_object);
  }
  return holds != condition.is_negated;
}

// A function of the service, if there is one. False: nothing is waited for there.
bool HeldCallbacks::ReadChain(Tagged object, const CallbackPath& path, Found* found, Tagged* next) {
  std::vector<Tagged> behind;
  values_.ReadAll(object, false, path.next, &behind);
  *found = Found();
  *next = behind.empty() ? Tagged() : behind.front();
  for (const ValuePath& handler : path.handlers) {
    std::vector<Found> handlers;
    ReadLast(object, handler, &handlers);
    if (handlers.empty()) continue;
    Found& first = handlers.front();
    BoundFunction bound;
    if (ReadBoundFunction(*heap_, *layout_, first.function, &bound)) first = {first.function, bound.target};
    if (!heap_->IsFunction(&first.function)) continue;
    const bool is_known = OwnerOf(first.function) != Owner::kOther;
    if (is_known || !found->function.IsObject()) *found = first;
    if (is_known) break;
  }
  return next->IsObject() || found->function.IsObject();
}

std::vector<HeldCallbacks::Found> HeldCallbacks::ReadAll(Tagged object, const CallbackPath& path) {
  std::vector<Found> at = {{Tagged(), object}};
  for (const CallbackPath::Part& part : path.parts) {
    std::vector<Found> next;
    for (const Found& from : at) ReadPart(from.function, part, &next);
    at = std::move(next);
  }
  std::erase_if(at, [&](Found& found) { return !heap_->IsFunction(&found.function); });
  return at;
}

void HeldCallbacks::ReadPart(Tagged from, const CallbackPath::Part& part, std::vector<Found>* found) {
  if (part.variable.empty()) return ReadLast(from, part.path, found);
  const Found variable = VariableOf(from, part.variable);
  if (!variable.function.IsObject()) return;
  if (part.path.steps.empty()) {
    found->push_back(variable);
  } else {
    ReadLast(variable.function, part.path, found);
  }
}

// Adds what the path ends at, each with the object or scope that refers to it.
void HeldCallbacks::ReadLast(Tagged from, const ValuePath& path, std::vector<Found>* found) const {
  ValuePath before = path;
  const ValuePath last{path.steps.back(), {path.steps.back()}};
  before.steps.pop_back();
  std::vector<Tagged> owners = {from};
  if (!before.steps.empty()) {
    owners.clear();
    values_.ReadAll(from, false, before, &owners);
  }
  for (const Tagged owner : owners) {
    std::vector<Tagged> objects;
    values_.ReadAll(owner, false, last, &objects);
    for (const Tagged object : objects) found->push_back({owner, object});
  }
}

// With the scope that it is in; 0: it sees none.
HeldCallbacks::Found HeldCallbacks::VariableOf(Tagged function, const std::string& name) {
  Tagged context;
  Tagged value;
  if (!heap_->IsFunction(&function) || !heap_->Load(function, layout_->function_context, &context)) return {};
  for (int i = 0; i < kMaxScopes; ++i) {
    if (scopes_.Variable(context, name, &value)) return {context, value};
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return {};
}

// Whether calling it resolves or rejects a pending promise that has reactions.
bool HeldCallbacks::IsResolver(Tagged function) const {
  Tagged shared;
  Tagged context;
  Tagged promise;
  return heap_->IsFunction(&function) && heap_->Load(function, heap_->layout().function_shared, &shared) &&
         (shared == anchors_->resolve_shared || shared == anchors_->reject_shared) &&
         heap_->Load(function, layout_->function_context, &context) &&
         heap_->Load(context, layout_->resolve_promise, &promise) && graph_->FindPromise(promise) != kNoIndex;
}

// A function that was made inside of `new Promise(...)`.
bool HeldCallbacks::SettlesPromise(Tagged function) {
  Tagged context;
  if (!heap_->Load(function, layout_->function_context, &context)) return false;
  for (int level = 0; level < kMaxScopes; ++level) {
    Scope scope;
    int32_t length = 0;
    if (!scopes_.Read(context, &scope) || scope.is_top_level ||
        !heap_->LoadSmi(context, layout_->context_length, &length))
      return false;
    for (int32_t i = 0; i < std::min(length, kMaxSlots); ++i) {
      Tagged value;
      if (scopes_.LoadSlot(context, layout_->context_slots + 8 * i, &value) && IsResolver(value)) return true;
    }
    if (!heap_->Load(context, layout_->context_previous, &context)) return false;
  }
  return false;
}

HeldCallbacks::Owner HeldCallbacks::OwnerOf(Tagged function) {
  FunctionInfo info;
  Tagged shared;
  if (IsResolver(function)) return Owner::kPromise;
  if (!heap_->Load(function, heap_->layout().function_shared, &shared)) return Owner::kOther;
  if (!functions_->Find(shared, &info) || !info.has_script) return Owner::kOther;
  const std::string_view file = info.file;
  const bool is_service =
      !file.starts_with("node:") && !file.starts_with("gmr:") && file.find("node_modules/") == file.npos;
  if (!is_service) return Owner::kOther;
  return SettlesPromise(function) ? Owner::kPromise : Owner::kService;
}

// Visits the entries behind `next` until `visit` returns false.
template <typename Visit>
void HeldCallbacks::ForChain(Tagged next, Visit visit) const {
  std::vector<Tagged> open = {next};
  for (int steps = 0; !open.empty() && steps < kMaxSteps; ++steps) {
    const Tagged holder = open.back();
    open.pop_back();
    const auto found = holder.IsObject() ? by_holder_.find(holder.bits()) : by_holder_.end();
    if (found == by_holder_.end()) continue;
    for (const uint32_t index : found->second) {
      if (!visit(index)) return;
    }
    for (const uint32_t index : found->second) open.push_back(entries_[index].next);
  }
}

// Then who waits for that promise is listed, with what it waits for.
bool HeldCallbacks::LeadsToPromise(const Entry& entry) const {
  bool leads = false;
  ForChain(entry.next, [&](uint32_t index) {
    leads = leads || entries_[index].whose == Owner::kPromise;
    return !leads;
  });
  return leads;
}

// The next handler of the service in its chain; kNoIndex: none.
uint32_t HeldCallbacks::NextOf(const Entry& entry) const {
  uint32_t next = kNoIndex;
  ForChain(entry.next, [&](uint32_t index) {
    if (entries_[index].whose == Owner::kService) next = index;
    return next == kNoIndex;
  });
  return next;
}

bool HeldCallbacks::AddEntries(AsyncGraph* graph) {
  bool has_room = true;
  std::unordered_map<uint32_t, uint32_t> function_of;
  for (uint32_t i = 0; i < entries_.size() && has_room; ++i) {
    const Entry& entry = entries_[i];
    if (entry.whose != Owner::kService || LeadsToPromise(entry)) continue;
    const uint32_t function = graph->AddHeldCallback(entry.holder, entry.owner, entry.function);
    has_room = function != kNoIndex;
    if (!has_room) break;
    function_of.emplace(i, function);
    entry_of_.emplace(function, i);
  }
  for (const auto& [index, function] : function_of) {
    const auto next = function_of.find(NextOf(entries_[index]));
    if (next != function_of.end() && next->first != index) graph->SetCaller(function, next->second);
  }
  return has_room;
}

bool HeldCallbacks::Holds(uint32_t function) {
  const auto found = entry_of_.find(function);
  if (found == entry_of_.end()) return false;
  const Entry& entry = entries_[found->second];
  const CallbackRow& row = rows_[entry.row];
  const CallbackPath& path = row.paths[entry.path];
  if (!Matches(entry.holder, row)) return false;
  if (!path.is_chain()) {
    const std::vector<Found> now = ReadAll(entry.holder, path);
    return std::any_of(now.begin(), now.end(),
                       [&](const Found& found) { return found.function == entry.function; });
  }
  Found now;
  Tagged next;
  return ReadChain(entry.holder, path, &now, &next) && now.function == entry.function && next == entry.next;
}

}  // namespace gmr::vm

#include "async_context.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "../../base/clock.h"
#include "../objects/own_name.h"
#include "../values/collection_entries.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxText = 256;
constexpr int32_t kMaxEntries = 256;
constexpr uint32_t kPerLook = 256;

constexpr const char* kNoRoom = "the time or memory for it was used up";
uint64_t HashOf(uint32_t group, int key, const char* text) {
  uint64_t hash = (uint64_t{group} << 8 | static_cast<uint64_t>(key)) + 0x9e3779b97f4a7c15u;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  hash ^= hash >> 29;
  return hash == 0 ? 1 : hash;
}

}  // namespace

const char* AsyncContexts::Run(AsyncGraph* graph, const AsyncGroups& groups, const AsyncContextQuery& query,
                               uint32_t max_groups, int64_t deadline_ns) {
  const auto count = static_cast<uint32_t>(std::min<size_t>(groups.groups().size(), max_groups));
  uint64_t bits = 0;
  keys_ = std::min(static_cast<int>(query.keys.size()), AsyncContextQuery::kMaxKeys);
  distinct_.Clear();
  Reset();
  if (query.storage_slot.IsNull() || keys_ == 0 || count == 0) return nullptr;
  if (!heap_->memory().Load(query.storage_slot, &bits) || !Tagged(bits).IsObject())
    return "the storage is gone";
  if (!values_.Assign(size_t{count} * static_cast<size_t>(keys_), ContextValue())) return kNoRoom;
  storage_ = Tagged(bits);
  symbol_ = Tagged();
  ReadOwnProperty(*heap_, *strings_, storage_, "kResourceStore", &symbol_);
  if (!symbol_.IsObject() && layout_->reaction_context < 0)
    return "where this version of Node keeps it is not known";
  platform::NumberTable group_of(count);
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t present = 0;
    if (!group_of.Insert(uint64_t{groups.groups()[i].chain} + 1, i, &present)) return kNoRoom;
  }
  const auto functions = static_cast<uint32_t>(graph->functions().size());
  for (uint32_t i = 0; i < functions && i < kMaxFunctions; ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > deadline_ns) return kNoRoom;
    // The innermost stand for their group.
    if (graph->functions()[i].has_callee && !graph->functions()[i].in_cycle) continue;
    const uint32_t* group = group_of.Find(uint64_t{groups.ChainOf(i)} + 1);
    if (group != nullptr && !Note(StoreOf(graph, i), query, *group)) return kNoRoom;
  }
  return functions <= kMaxFunctions ? nullptr : kNoRoom;
}

bool AsyncContexts::Note(Tagged store, const AsyncContextQuery& query, uint32_t group) {
  if (!store.IsObject()) return true;
  for (int key = 0; key < keys_; ++key) {
    char text[kMaxText];
    Tagged word;
    if (!ReadKey(store, query.keys[static_cast<size_t>(key)].c_str(), &word)) continue;
    const PrimitiveKind kind = PrimitiveText(*heap_, *layout_, *strings_, word, text, sizeof text);
    if (kind == PrimitiveKind::kNone) continue;
    ContextValue& value = values_[size_t{group} * static_cast<size_t>(keys_) + static_cast<size_t>(key)];
    if (value.functions++ == 0) {
      value.kind = kind;
      value.text = strings_->Keep(text);
    }
    uint32_t present = 0;
    const size_t before = distinct_.size();
    if (!distinct_.Insert(HashOf(group, key, text), 1, &present)) return false;
    if (distinct_.size() > before) ++value.distinct;
  }
  return true;
}

bool AsyncContexts::ReadStoreOn(Tagged promise, Tagged* store) const {
  Tagged stores;
  if (ReadOwnProperty(*heap_, *strings_, promise, symbol_, store)) return true;
  return ReadOwnDescribed(*heap_, *strings_, promise, "kAsyncLocalStorageContext", &stores) &&
         stores.IsObject() && ReadOwnProperty(*heap_, *strings_, stores, symbol_, store);
}

// What promise hooks noted: when the await began, else when the function was called.
bool AsyncContexts::ReadHookedStore(AsyncGraph* graph, uint32_t function, Tagged reaction,
                                    Tagged* store) const {
  Tagged target;
  if (!symbol_.IsObject()) return false;
  if (reaction.IsObject() && heap_->Load(reaction, layout_->reaction_target, &target) &&
      heap_->Is(&target, layout_->type_promise) && ReadStoreOn(target, store))
    return true;
  bool found = false;
  graph->ForEachResultObject(graph->functions()[function],
                             [&](Tagged promise) { found = found || ReadStoreOn(promise, store); });
  return found;
}

Tagged AsyncContexts::StoreOf(AsyncGraph* graph, uint32_t function) {
  Tagged store;
  Tagged frame;
  const Tagged reaction = graph->FindReaction(function);
  if (ReadHookedStore(graph, function, reaction, &store)) return store;
  if (layout_->reaction_context < 0 || !reaction.IsObject()) return {};
  if (!heap_->Load(reaction, layout_->reaction_context, &frame)) return {};
  return FindEntry(
             frame, [&](Tagged key) { return key == storage_; }, &store)
             ? store
             : Tagged();
}

template <typename Fits>
bool AsyncContexts::FindEntry(Tagged map, Fits fits, Tagged* value) const {
  bool is_found = false;
  CollectionEntries(heap_, layout_).VisitCollection(map, kMaxEntries, [&](Tagged key, Tagged of_key) {
    is_found = key.IsObject() && fits(key);
    if (is_found) *value = of_key;
    return !is_found;
  });
  return is_found;
}

bool AsyncContexts::ReadKey(Tagged store, const char* key, Tagged* value) const {
  const auto is_key = [&](Tagged word) { return strings_->Equals(word, key); };
  return FindEntry(store, is_key, value) || ReadOwnProperty(*heap_, *strings_, store, key, value);
}

}  // namespace gmr::vm

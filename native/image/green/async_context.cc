#include "async_context.h"

#include <algorithm>
#include <iterator>

#include "../../base/clock.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxText = 256;
constexpr uint32_t kPerLook = 256;

constexpr const char* kNoRoom = "the time or memory for it was used up";

uint64_t HashOf(uint32_t group, int key, const char* text) {
  uint64_t hash = (uint64_t{group} << 8 | static_cast<uint64_t>(key)) + 0x9e3779b97f4a7c15u;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  hash ^= hash >> 29;
  return hash == 0 ? 1 : hash;
}

}  // namespace

void AsyncContexts::Reset() {
  values_.Truncate(0);
  distinct_.Clear();
  traces_.Reset(0);
  keys_ = 0;
}

const char* AsyncContexts::Prepare(const AsyncContextQuery* query, uint32_t groups) {
  uint64_t bits = 0;
  if (query == nullptr || query->storage_slot.IsNull() || query->keys.empty()) return nullptr;
  if (!heap_->memory().Load(query->storage_slot, &bits) || !Tagged(bits).IsObject())
    return "the storage is gone";
  const int keys = std::min(static_cast<int>(query->keys.size()), AsyncContextQuery::kMaxKeys);
  if (!values_.Assign(size_t{groups} * static_cast<size_t>(keys), ContextValue())) return kNoRoom;
  storage_ = Tagged(bits);
  if (!stores_.ReadSymbol(storage_, &symbol_)) symbol_ = Tagged();
  if (!symbol_.IsObject() && layout_->reaction_context < 0)
    return "where this version of Node keeps it is not known";
  keys_ = keys;
  return nullptr;
}

const char* AsyncContexts::Run(AsyncGraph* graph, const AsyncGroups& groups, const AsyncContextJob& job) {
  const auto count = static_cast<uint32_t>(std::min<size_t>(groups.groups().size(), job.max_groups));
  Reset();
  if (count == 0) return nullptr;
  const char* problem = Prepare(job.query, count);
  const bool with_traces = job.rows != nullptr && !job.rows->rows().empty();
  if (with_traces && !traces_.Reset(count)) return kNoRoom;
  if (keys_ == 0 && !with_traces) return problem;
  const auto functions = static_cast<uint32_t>(graph->functions().size());
  for (uint32_t i = 0; i < functions && i < kMaxFunctions; ++i) {
    if (i % kPerLook == 0 && platform::MonotonicNs() > job.deadline_ns) return kNoRoom;
    // The innermost stand for their group.
    if (graph->functions()[i].has_callee && !graph->functions()[i].in_cycle) continue;
    const uint32_t group = groups.GroupOf(i);
    if (group < count && !Note(PlaceOf(graph, i), job, group)) return kNoRoom;
  }
  return functions <= kMaxFunctions ? problem : kNoRoom;
}

bool AsyncContexts::Note(const Place& place, const AsyncContextJob& job, uint32_t group) {
  Tagged store;
  if (keys_ > 0 && FindStore(place, &store) && !NoteValues(store, *job.query, group)) return false;
  return job.rows == nullptr || job.rows->rows().empty() || NoteTrace(place, *job.rows, group);
}

// Promise hooks noted it when the await began, else when the function was called.
AsyncContexts::Place AsyncContexts::PlaceOf(AsyncGraph* graph, uint32_t function) const {
  Place place;
  const auto add = [&](Tagged promise) {
    if (promise.IsObject() && place.count < static_cast<int>(std::size(place.promises)))
      place.promises[place.count++] = promise;
  };
  const Tagged reaction = graph->FindReaction(function);
  Tagged target;
  Tagged frame;
  if (reaction.IsObject() && heap_->Load(reaction, layout_->reaction_target, &target) &&
      heap_->Is(&target, layout_->type_promise))
    add(target);
  graph->ForEachResultObject(graph->functions()[function], add);
  if (layout_->reaction_context >= 0 && reaction.IsObject() &&
      heap_->Load(reaction, layout_->reaction_context, &frame) && stores_.IsFrame(frame))
    place.frame = frame;
  return place;
}

bool AsyncContexts::FindStore(const Place& place, Tagged* store) const {
  for (int i = 0; symbol_.IsObject() && i < place.count; ++i) {
    if (stores_.OnResource(place.promises[i], symbol_, store)) return store->IsObject();
  }
  return place.frame.IsObject() && stores_.InFrame(place.frame, storage_, store) && store->IsObject();
}

bool AsyncContexts::NoteValues(Tagged store, const AsyncContextQuery& query, uint32_t group) {
  for (int key = 0; key < keys_; ++key) {
    char text[kMaxText];
    const PrimitiveKind kind = paths_.Print(store, query.keys[static_cast<size_t>(key)], text, sizeof text);
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

bool AsyncContexts::NoteTrace(const Place& place, const ContextRows& rows, uint32_t group) {
  Tagged held[ContextStores::kMaxStores];
  int count = place.frame.IsObject() ? stores_.AllInFrame(place.frame, held) : 0;
  for (int i = 0; count == 0 && i < place.count; ++i) count = stores_.AllOnResource(place.promises[i], held);
  for (int i = 0; i < count; ++i) {
    if (rows_.Read(held[i], rows, &found_))
      return traces_.Note(group, found_, rows.rows()[static_cast<size_t>(found_.row)]);
  }
  return true;
}

}  // namespace gmr::vm

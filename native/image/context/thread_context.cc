#include "thread_context.h"

#include <algorithm>
#include <iterator>

#include "../objects/own_name.h"
#include "../scan/gc_epoch.h"

namespace gmr::vm {

namespace {

using platform::Address;

constexpr const char* kNoEnvironment = "Node's environment does not look as expected";
constexpr const char* kNoPlace = "where this version of Node keeps it is not known";
constexpr const char* kMoving = "the garbage collector was at work";
// Heap is a member of Isolate, and v8::Isolate* points near its start.
constexpr uint64_t kMostFromIsolate = uint64_t{256} << 10;

}  // namespace

ThreadContextReader::ThreadContextReader(platform::MemoryReader* memory, const ContextPlan* plan)
    : plan_(plan),
      memory_(memory),
      heap_(memory, &plan->layout),
      strings_(&heap_, &arena_),
      stores_(&heap_, &plan->heap, &strings_),
      hooks_(&heap_, &plan->heap, &strings_),
      paths_(&heap_, &plan->heap, &strings_),
      rows_(&heap_, &plan->heap, &strings_) {}

void ThreadContextReader::Read(Whose whose, const ThreadAddresses& thread, const AsyncContextQuery* query) {
  query_ = query;
  frame_ = resource_ = Tagged();
  found_.row = -1;
  for (Value& value : values_) value.kind = PrimitiveKind::kNone;
  arena_.Reset();
  problem_ = plan_->problem.empty() ? TryRead(whose, thread) : plan_->problem.c_str();
}

const char* ThreadContextReader::TryRead(Whose whose, const ThreadAddresses& thread) {
  if (query_ == nullptr && plan_->rows.rows().empty()) return nullptr;
  if (const char* problem = FindContext(thread)) return problem;
  const Tagged context = frame_.IsObject() ? frame_ : resource_;
  if (!context.IsObject()) return nullptr;
  if (whose == Whose::kAnother) {
    if (const char* problem = WhyMoving(context, thread.isolate)) return problem;
  }
  ReadValues();
  Recognise();
  return nullptr;
}

// A frame is there only where Node keeps contexts in frames. Without one, contexts may be on resources, or
// this is outside of all contexts.
const char* ThreadContextReader::FindContext(const ThreadAddresses& thread) {
  uint64_t word = 0;
  if (plan_->heap.isolate_context >= 0 &&
      memory_->Load(thread.isolate + plan_->heap.isolate_context, &word) && stores_.IsFrame(Tagged(word))) {
    frame_ = Tagged(word);
    return nullptr;
  }
  return hooks_.FindResource(thread, &resource_) == AsyncHooksStack::Outcome::kUnknown ? kNoEnvironment
                                                                                       : nullptr;
}

// The page of an object leads to its heap.
const char* ThreadContextReader::WhyMoving(Tagged object, Address isolate) const {
  const HeapLayout& layout = plan_->heap;
  Address header = object.Slot(0).AlignedDown(kPageBytes);
  Address heap;
  GcEpoch epoch;
  if (layout.page_metadata >= 0 && !memory_->Load(header + layout.page_metadata, &header)) return kNoPlace;
  if (layout.page_heap < 0 || !memory_->Load(header + layout.page_heap, &heap)) return kNoPlace;
  if (heap - isolate > kMostFromIsolate && isolate - heap > kMostFromIsolate) return kNoPlace;
  if (!ReadGcEpoch(memory_, layout, heap, &epoch)) return kNoPlace;
  return epoch.at_rest() ? nullptr : kMoving;
}

bool ThreadContextReader::FindStore(Tagged* store) const {
  uint64_t word = 0;
  Tagged symbol;
  Tagged enabled;
  if (!memory_->Load(query_->storage_slot, &word) || !Tagged(word).IsObject()) return false;
  const Tagged storage(word);
  if (!stores_.ReadSymbol(storage, &symbol))
    return frame_.IsObject() && stores_.InFrame(frame_, storage, store);
  if (!resource_.IsObject() || !stores_.OnResource(resource_, symbol, store)) return false;
  // In exit(), and after disable(), the resource keeps what getStore() does not return.
  char text[16];
  return ReadOwnProperty(heap_, strings_, storage, "enabled", &enabled) &&
         PrimitiveText(heap_, plan_->heap, strings_, enabled, text, sizeof text) == PrimitiveKind::kBoolean &&
         text[0] == 't';
}

void ThreadContextReader::ReadValues() {
  Tagged store;
  if (query_ == nullptr || query_->storage_slot.IsNull() || !FindStore(&store) || !store.IsObject()) return;
  const size_t count = std::min(query_->keys.size(), std::size(values_));
  for (size_t i = 0; i < count; ++i)
    values_[i].kind = paths_.Print(store, query_->keys[i], values_[i].text, sizeof values_[i].text);
}

void ThreadContextReader::Recognise() {
  Tagged held[ContextStores::kMaxStores];
  const int count =
      frame_.IsObject() ? stores_.AllInFrame(frame_, held) : stores_.AllOnResource(resource_, held);
  for (int i = 0; i < count; ++i) {
    if (rows_.Read(held[i], plan_->rows, &found_)) return;
  }
}

ThreadContext ThreadContextReader::Take() const {
  ThreadContext context;
  context.problem = problem_ == nullptr ? "" : problem_;
  if (problem_ != nullptr) return context;
  const size_t count = query_ == nullptr ? 0 : std::min(query_->keys.size(), std::size(values_));
  for (size_t i = 0; i < count; ++i) {
    if (values_[i].kind == PrimitiveKind::kNone) continue;
    context.values.push_back({query_->keys[i].text, values_[i].kind, platform::Unmasked(values_[i].text)});
  }
  context.recognised = Describe(found_, plan_->rows);
  return context;
}

}  // namespace gmr::vm

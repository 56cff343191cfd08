#include "heap_scan.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "../platform/clock.h"

namespace gmr::vm {

namespace {

constexpr size_t kBlockBytes = 4096;
// map, properties, elements: what every object begins with.
constexpr size_t kWordsToElements = 2;

}  // namespace

HeapScan::HeapScan(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors)
    : heap_(heap), layout_(layout), anchors_(anchors) {}

HeapScan::Outcome HeapScan::Run(const HeapPages& pages, const ScanLimits& limits) {
  suspended_.Truncate(0);
  promises_.Truncate(0);
  resolvers_.Truncate(0);
  // Maps may have moved, and others be in their place.
  roles_.Clear();
  std::fill(std::begin(recent_), std::end(recent_), Recent());
  idle_generators_ = 0;
  unreadable_pages_ = 0;
  if (!page_.Assign(kPageWords, 0)) return Outcome::kNoMemory;
  for (const HeapPage& page : pages.pages()) {
    size_t words = 0;
    if (platform::MonotonicNs() > limits.deadline_ns) return Outcome::kLate;
    if (!CopyPage(page, &words)) {
      ++unreadable_pages_;
    } else if (!ScanPage(page.start, words)) {
      return Outcome::kTooMany;
    }
  }
  return Outcome::kDone;
}

// A page that is being unmapped may be gone in part.
bool HeapScan::CopyPage(const HeapPage& page, size_t* words) {
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  *words = bytes / sizeof(uint64_t);
  platform::MemoryReader& memory = heap_->memory();
  if (memory.Read(page.start, page_.begin(), bytes)) return true;
  bool any = false;
  for (size_t at = 0; at + kBlockBytes <= bytes; at += kBlockBytes) {
    uint64_t* block = page_.begin() + at / sizeof(uint64_t);
    const bool readable = memory.Read(page.start + at, block, kBlockBytes);
    if (!readable) std::memset(block, 0, kBlockBytes);
    any = any || readable;
  }
  return any;
}

bool HeapScan::ScanPage(uintptr_t start, size_t words) {
  const uint64_t* page = page_.begin();
  const uint64_t elements = anchors_->empty_elements.bits();
  const uint64_t frozen = anchors_->empty_frozen_elements.bits();
  // 0 is no map, but a frequent word.
  const uint64_t free_space = anchors_->free_space_map.bits() == 0 ? 1 : anchors_->free_space_map.bits();
  for (size_t i = 0; i < words; ++i) {
    const uint64_t word = page[i];
    if (word != elements && word != frozen && word != free_space) continue;
    if (word == free_space) {
      const size_t skipped = FreeWords(i, words);
      if (skipped > 0) i += skipped - 1;
      continue;
    }
    // Objects without properties have the same word in front of their elements.
    // No wanted object has it behind them.
    if (i < kWordsToElements || (i + 1 < words && page[i + 1] == elements)) continue;
    const size_t index = i - kWordsToElements;
    const Tagged object = Tagged::At(start + index * sizeof(uint64_t));
    const Role role = RoleOf(page[index], object);
    if (role != Role::kNone && !Visit(role, index, object)) return false;
  }
  return true;
}

// What was there before a garbage collection freed the block is still in it.
size_t HeapScan::FreeWords(size_t index, size_t words) const {
  if (index + 1 >= words) return 0;
  const Tagged size(page_[index + 1]);
  if (!size.IsSmi() || size.ToSmi() <= 0) return 0;
  const uint64_t bytes =
      static_cast<uint64_t>(size.ToSmi()) * static_cast<uint64_t>(layout_->free_space_unit);
  const uint64_t count = bytes / sizeof(uint64_t);
  if (bytes % sizeof(uint64_t) != 0 || count < kWordsToElements || count > words - index) return 0;
  // Another object follows, unless the page ends.
  const bool ends_well = index + count == words || Tagged(page_[index + count]).IsObject();
  return ends_well ? count : 0;
}

HeapScan::Role HeapScan::RoleOf(uint64_t map, Tagged object) {
  Recent& recent = recent_[map / sizeof(uint64_t) % kRecent];
  if (recent.map != map) recent = {map, FindRole(map, object)};
  return recent.role;
}

HeapScan::Role HeapScan::FindRole(uint64_t map, Tagged object) {
  if (!Tagged(map).IsObject()) return Role::kNone;
  const uint32_t* known = roles_.Find(map);
  if (known != nullptr) return static_cast<Role>(*known);
  Role role = Role::kNone;
  const int32_t type = heap_->TypeOf(&object);
  if (type == layout_->type_promise) {
    role = Role::kPromise;
  } else if (type == layout_->type_async_function) {
    role = Role::kAsyncFunction;
  } else if (type == layout_->type_async_generator) {
    role = Role::kAsyncGenerator;
  } else if (heap_->IsFunction(&object)) {
    role = Role::kFunction;
  }
  uint32_t present = 0;
  // A full table only costs time.
  roles_.Insert(map, static_cast<uint32_t>(role), &present);
  return role;
}

Tagged HeapScan::Field(size_t index, int32_t offset) const {
  const size_t word = index + static_cast<size_t>(offset) / sizeof(uint64_t);
  return offset >= 0 && word < page_.size() ? Tagged(page_[word]) : Tagged();
}

bool HeapScan::Visit(Role role, size_t index, Tagged object) {
  switch (role) {
    case Role::kPromise:
      return AddPromise(index, object);
    case Role::kAsyncFunction:
    case Role::kAsyncGenerator:
      return AddSuspended(role, index, object);
    case Role::kFunction: {
      const Tagged shared = Field(index, heap_->layout().function_shared);
      if (shared != anchors_->resolve_shared && shared != anchors_->reject_shared) return true;
      return resolvers_.Append({object, Field(index, layout_->function_context)});
    }
    case Role::kNone:
      break;
  }
  return true;
}

bool HeapScan::AddPromise(size_t index, Tagged object) {
  const Tagged flags = Field(index, layout_->promise_flags);
  const Tagged reactions = Field(index, layout_->promise_reactions);
  if (!flags.IsSmi() || (flags.ToSmi() & kPromiseStatusMask) != kPromisePending) return true;
  if (!reactions.IsObject()) return true;
  return promises_.Append({object, reactions});
}

bool HeapScan::AddSuspended(Role role, size_t index, Tagged object) {
  const bool is_generator = role == Role::kAsyncGenerator;
  const Tagged continuation = Field(index, layout_->generator_continuation);
  const Tagged position = Field(index, layout_->generator_position);
  // Negative while it runs and when it has ended.
  if (!continuation.IsSmi() || continuation.ToSmi() < 0 || !position.IsSmi()) return true;
  SuspendedObject found;
  found.object = object;
  found.function = Field(index, layout_->generator_function);
  found.receiver = Field(index, layout_->generator_receiver);
  found.position = position.ToSmi();
  found.kind = is_generator ? SuspendedKind::kAsyncGenerator : SuspendedKind::kAsyncFunction;
  found.result =
      Field(index, is_generator ? layout_->async_generator_queue : layout_->async_function_promise);
  if (is_generator && !heap_->Is(&found.result, layout_->type_async_generator_request)) {
    const Tagged awaiting = Field(index, layout_->async_generator_awaiting);
    if (!awaiting.IsSmi() || awaiting.ToSmi() == 0) {
      ++idle_generators_;
      return true;
    }
  }
  // Types of the fields are for the graph to check: reading them now would jump about the heap.
  return suspended_.Append(found);
}

}  // namespace gmr::vm

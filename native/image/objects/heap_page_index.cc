#include "heap_page_index.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// Nothing is mapped below.
constexpr uint64_t kLeastHeader = 4096;

// At most kPageBatch pages: whether each is one of that heap, and not one that a collection has left.
bool AreOfHeap(const HeapLayout& layout, platform::Address heap, const platform::Address* pages, size_t count,
               platform::MemoryReader* memory) {
  platform::Address places[kPageBatch];
  uint64_t words[kPageBatch] = {};
  // Where the header of each is: in V8 11 and 12 the page begins with it.
  for (size_t i = 0; i < count; ++i) places[i] = pages[i] + std::max(0, layout.page_metadata);
  if (layout.page_metadata >= 0) memory->LoadEach(places, count, words);
  for (size_t i = 0; i < count; ++i)
    places[i] = (layout.page_metadata >= 0 ? platform::Address(words[i]) : pages[i]) + layout.page_heap;
  memory->LoadEach(places, count, words);
  if (!std::all_of(words, words + count, [&](uint64_t word) { return word == heap.number(); })) return false;
  for (size_t i = 0; i < count; ++i) places[i] = pages[i] + layout.page_flags;
  memory->LoadEach(places, count, words);
  return std::all_of(words, words + count, [](uint64_t word) { return (word & kPageIsFromSpace) == 0; });
}

}  // namespace

// A mapping that is larger than the largest heap that is looked at is none of V8's, whose memory the kernel
// does not join with others' (see the seams below): it is the shadow memory of a sanitizer, terabytes of
// nothing.
bool MayHoldHeap(const platform::Mapping& mapping) {
  constexpr size_t kMaxBytes = kMaxHeapPages * kPageBytes;
  return mapping.range.size() <= kMaxBytes && mapping.readable && mapping.writable && !mapping.executable &&
         mapping.inode == 0 && (mapping.path.empty() || mapping.path.starts_with("[anon"));
}

void FindPageHeaders(platform::MemoryReader* memory, const HeapLayout& layout, platform::Address first,
                     size_t count, platform::Address* headers) {
  for (size_t i = 0; i < count; ++i) headers[i] = first + i * kPageBytes;
  if (layout.page_metadata < 0) return;
  // The page begins with the address of its header, and that has the address of the page.
  platform::Address places[kPageBatch] = {};
  uint64_t metadata[kPageBatch] = {};
  uint64_t pages[kPageBatch] = {};
  for (size_t i = 0; i < count; ++i) places[i] = headers[i] + layout.page_metadata;
  memory->LoadEach(places, count, metadata);
  for (size_t i = 0; i < count; ++i) {
    if (metadata[i] % sizeof(uint64_t) != 0 || metadata[i] < kLeastHeader) metadata[i] = 0;
    // A page of ours is readable, and no header: the comparison fails.
    places[i] = metadata[i] == 0 ? headers[i] : platform::Address(metadata[i]) + layout.page_metadata_self;
  }
  memory->LoadEach(places, count, pages);
  for (size_t i = 0; i < count; ++i)
    headers[i] = platform::Address(pages[i] == headers[i].number() ? metadata[i] : 0);
}

bool HeapPageIndex::Add(platform::Address heap) {
  if (!heaps_.Append(heap)) return false;
  std::sort(heaps_.begin(), heaps_.end());
  return true;
}

bool HeapPageIndex::IsWanted(platform::Address heap) const {
  return std::binary_search(heaps_.begin(), heaps_.end(), heap);
}

void HeapPageIndex::FindOwners(platform::Address first, size_t count) {
  FindPageHeaders(memory_, *layout_, first, count, headers_);
  platform::Address places[kPageBatch] = {};
  uint64_t flags[kPageBatch] = {};
  for (size_t i = 0; i < count; ++i)
    places[i] = headers_[i].IsNull() ? first : headers_[i] + layout_->page_heap;
  memory_->LoadEach(places, count, owners_);
  size_t wanted = 0;
  for (size_t i = 0; i < count; ++i) {
    if (headers_[i].IsNull() || !IsWanted(platform::Address(owners_[i]))) owners_[i] = 0;
    if (owners_[i] != 0) places[wanted++] = first + i * kPageBytes + layout_->page_flags;
  }
  memory_->LoadEach(places, wanted, flags);
  wanted = 0;
  for (size_t i = 0; i < count; ++i)
    is_from_space_[i] = owners_[i] != 0 && (flags[wanted++] & kPageIsFromSpace) != 0;
}

bool HeapPageIndex::CollectFrom(const platform::AddressRange& range) {
  uint64_t before = 0;  // the heap of the page before, when a large object may go on behind it
  const platform::Address* seam = seams_.begin();
  const platform::Address first = range.start.AlignedUp(kPageBytes);
  size_t known = 0;  // of this batch, those before `page`
  size_t batch = 0;
  for (platform::Address page = first; page < range.end && page >= first; page += kPageBytes) {
    if (++chunks_ > kMaxChunks) return false;
    if (known == batch) {
      batch = std::min<size_t>(kPageBatch, (range.end - page + kPageBytes - 1) / kPageBytes);
      FindOwners(page, batch);
      known = 0;
    }
    // V8 keeps its memory out of forked children, so the kernel does not join it
    // with a Buffer's: what is behind a seam is not the rest of a large object.
    for (; seam != seams_.end() && *seam <= page; ++seam) before = 0;
    const uint64_t owner = owners_[known];
    const bool is_left = is_from_space_[known++];
    // What follows a page of a heap and has no header may be inside a large object.
    const bool inside = owner == 0 && before != 0;
    if (owner != 0) before = is_left ? 0 : owner;
    if (is_left || before == 0) continue;
    const platform::Address end = std::min(range.end, page + kPageBytes);
    if (!entries_.Append({{page, end, inside}, platform::Address(before)})) return false;
  }
  return true;
}

bool HeapPageIndex::Collect(const platform::ProcMaps& maps) {
  entries_.Truncate(0);
  seams_.Truncate(0);
  chunks_ = 0;
  // The kernel may list one mapping of V8's in parts.
  platform::AddressRange range;
  for (const platform::Mapping& mapping : maps.mappings()) {
    if (!MayHoldHeap(mapping)) continue;
    if (mapping.range.start == range.end) {
      range.end = mapping.range.end;
      if (!seams_.Append(mapping.range.start)) return false;
      continue;
    }
    if (!CollectFrom(range)) return false;
    seams_.Truncate(0);
    range = mapping.range;
  }
  return CollectFrom(range);
}

bool HeapPageIndex::StillHas(platform::Address heap, platform::MemoryReader* memory) const {
  platform::Address pages[kPageBatch];
  size_t count = 0;
  memory->Forget();
  for (const Entry& entry : entries_) {
    if (entry.heap != heap || entry.page.is_inside_large) continue;
    pages[count++] = entry.page.start;
    if (count < kPageBatch) continue;
    if (!AreOfHeap(*layout_, heap, pages, count, memory)) return false;
    count = 0;
  }
  return AreOfHeap(*layout_, heap, pages, count, memory);
}

}  // namespace gmr::vm

#include "heap_pages.h"

#include <algorithm>

namespace gmr::vm {

namespace {

bool MayHoldHeap(const platform::Mapping& mapping) {
  return mapping.readable && mapping.writable && !mapping.executable && mapping.inode == 0 &&
         (mapping.path.empty() || mapping.path.starts_with("[anon"));
}

}  // namespace

HeapPages::Owner HeapPages::OwnerOf(uintptr_t page) const {
  uintptr_t header = page;
  uint64_t value = 0;
  const auto load = [&](uintptr_t from, int32_t offset) {
    return memory_->Load(from + static_cast<uintptr_t>(static_cast<intptr_t>(offset)), &value);
  };
  if (layout_->page_metadata >= 0) {
    if (!load(page, layout_->page_metadata) || value % 8 != 0 || value < 4096) return Owner::kOther;
    header = value;
    if (!load(header, layout_->page_metadata_self) || value != page) return Owner::kOther;
  }
  if (!load(header, layout_->page_heap) || value != anchors_->heap) return Owner::kOther;
  if (!load(page, layout_->page_flags)) return Owner::kOther;
  return (value & kPageIsFromSpace) != 0 ? Owner::kFromSpace : Owner::kOurs;
}

bool HeapPages::CollectFrom(const platform::AddressRange& range, bool with_large) {
  bool ours = false;
  const uintptr_t* seam = seams_.begin();
  const uintptr_t first = (range.start + kPageBytes - 1) & ~(kPageBytes - 1);
  for (uintptr_t page = first; page < range.end && page >= first; page += kPageBytes) {
    if (++chunks_ > kMaxChunks) return false;
    // V8 keeps its memory out of forked children, so the kernel does not join it
    // with a Buffer's: what is behind a seam is not the rest of a large object.
    for (; seam != seams_.end() && *seam <= page; ++seam) ours = false;
    const Owner owner = OwnerOf(page);
    // What follows a page of ours and has no header may be inside a large object.
    const bool inside = owner == Owner::kOther && ours;
    if (owner != Owner::kOther) ours = owner == Owner::kOurs;
    if (owner != Owner::kOurs && !(inside && with_large)) continue;
    const uintptr_t end = std::min(range.end, page + kPageBytes);
    if (!pages_.Append({page, end, inside})) return false;
    total_bytes_ += end - page;
    if (!inside) object_bytes_ += end - page;
  }
  return true;
}

bool HeapPages::Collect(const platform::ProcMaps& maps, bool with_large) {
  pages_.Truncate(0);
  total_bytes_ = 0;
  object_bytes_ = 0;
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
    if (!CollectFrom(range, with_large)) return false;
    seams_.Truncate(0);
    range = mapping.range;
  }
  return CollectFrom(range, with_large);
}

}  // namespace gmr::vm

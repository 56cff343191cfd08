#include "code_ranges.h"

#include <algorithm>

namespace gmr::vm {

namespace {

using platform::Mapping;

bool SameFile(const Mapping& a, const Mapping& b) {
  return a.inode != 0 && a.inode == b.inode && a.path == b.path;
}

// "[anon:v8]" where the kernel knows the name that V8 gave to the memory.
bool IsAnonymous(const Mapping& map) { return map.path.empty() || map.path.starts_with("[anon"); }

// What of the blob's file pages `map` shows.
bool AddBuiltins(const Mapping& map, const Mapping& home, BuiltinsBlob blob, CodeRanges* ranges) {
  const uint64_t blob_from = blob.begin - home.range.start + home.file_offset;
  const uint64_t blob_to = blob_from + (blob.end - blob.begin);
  const uint64_t map_to = map.file_offset + map.range.size();
  const uint64_t from = std::max(blob_from, map.file_offset);
  const uint64_t to = std::min(blob_to, map_to);
  if (from >= to) return true;
  const platform::Address shift = map.range.start - map.file_offset;
  return ranges->Add(shift + from, shift + to, CodeOwner::kBuiltins);
}

// What of `map` is in no module: those are in ascending order.
bool AddGenerated(const Mapping& map, const platform::ModuleList& modules, CodeRanges* ranges) {
  platform::Address begin = map.range.start;
  bool complete = true;
  for (const platform::Module& module : modules.modules()) {
    if (module.code.end <= begin || module.code.start >= map.range.end) continue;
    if (module.code.start > begin)
      complete = ranges->Add(begin, module.code.start, CodeOwner::kJit) && complete;
    begin = module.code.end;
  }
  if (begin < map.range.end) complete = ranges->Add(begin, map.range.end, CodeOwner::kJit) && complete;
  return complete;
}

}  // namespace

bool CodeRanges::Add(platform::Address begin, platform::Address end, CodeOwner owner) {
  if (begin >= end) return false;
  if (count_ > 0 && ranges_[count_ - 1].owner == owner && ranges_[count_ - 1].end == begin) {
    ranges_[count_ - 1].end = end;
    return true;
  }
  if (count_ == kMaxRanges) return false;
  ranges_[count_++] = {begin, end, owner};
  return true;
}

CodeOwner CodeRanges::OwnerOf(platform::Address pc) const {
  for (int i = 0; i < count_; ++i) {
    if (pc >= ranges_[i].begin && pc < ranges_[i].end) return ranges_[i].owner;
  }
  return CodeOwner::kNone;
}

bool FillCodeRanges(const platform::ProcMaps& maps, const platform::ModuleList& modules, BuiltinsBlob blob,
                    CodeRanges* ranges) {
  ranges->Clear();
  // First, because the blob itself may be a copy in anonymous memory, and the
  // first range that holds an address decides.
  bool complete = ranges->Add(blob.begin, blob.end, CodeOwner::kBuiltins);
  const Mapping* home = maps.Find(blob.begin);
  for (const Mapping& map : maps.mappings()) {
    if (!map.executable) continue;
    if (IsAnonymous(map)) {
      complete = AddGenerated(map, modules, ranges) && complete;
    } else if (home != nullptr && SameFile(map, *home)) {
      complete = AddBuiltins(map, *home, blob, ranges) && complete;
    }
  }
  return complete;
}

}  // namespace gmr::vm

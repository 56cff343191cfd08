#include "script_list.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr uint32_t kMaxUrlUnits = 4096;
// V8 moves no larger object: kMaxRegularHeapObjectSize is half a page, src/common/globals.h.
constexpr uint32_t kMaxMovedBytes = 128 * 1024;
// Limit of what one capture copies of URLs that V8 might move.
constexpr size_t kMaxCopiedBytes = size_t{1} << 20;
constexpr std::string_view kDataScheme = "data:";
// Enough for the wrappers that loaders put around a module.
constexpr uint32_t kMaxHeadUnits = 128;

}  // namespace

void ScriptList::Reset() {
  count_ = 0;
  copied_bytes_ = 0;
}

int32_t ScriptList::IndexOf(Tagged script) {
  for (int i = 0; i < count_; ++i) {
    if (entries_[i].script == script) return i;
  }
  const Script* known = scripts_->Find(script);
  if (known == nullptr || count_ == kMaxScripts) return -1;
  Entry& entry = entries_[count_];
  entry = Entry();
  entry.script = script;
  entry.id = known->id;
  entry.file = known->file;
  FlatString source;
  if (scripts_->SourceOf(script, &source)) {
    entry.length = source.length;
    strings_->CopyPart(source, 0, std::min(source.length, kMaxHeadUnits), &entry.head);
  }
  ReadMapUrl(script, &entry);
  return count_++;
}

void ScriptList::ReadMapUrl(Tagged script, Entry* entry) {
  Tagged url;
  FlatString flat;
  if (!heap_->Load(script, heap_->layout().script_map_url, &url)) return;
  if (!strings_->IsString(&url) || !strings_->Flatten(url, &flat) || flat.length == 0) return;
  if (flat.length > kMaxUrlUnits) return ReadLongMapUrl(url, flat, entry);
  strings_->CopyPart(flat, 0, flat.length, &entry->map_url);
}

void ScriptList::ReadLongMapUrl(Tagged url, const FlatString& flat, Entry* entry) {
  std::string_view scheme;
  if (!strings_->CopyPart(flat, 0, kDataScheme.size(), &scheme) || scheme != kDataScheme) return;
  const size_t bytes = size_t{flat.length} * (flat.one_byte ? 1 : 2);
  if (bytes <= kMaxMovedBytes) {
    if (copied_bytes_ + bytes > kMaxCopiedBytes) return;
    copied_bytes_ += bytes;
    strings_->CopyPart(flat, 0, flat.length, &entry->map_copied);
    return;
  }
  Tagged object;
  FlatString in_heap;
  Tagged map;
  if (!strings_->FlattenInHeap(url, &object, &in_heap) || !heap_->Load(object, 0, &map)) return;
  entry->map_in_heap = {object.Slot(0), map.bits(),     object.Slot(heap_->layout().string_length),
                        in_heap.data,   in_heap.length, in_heap.one_byte};
}

std::vector<ScriptInfo> ScriptList::ToScripts() const {
  std::vector<ScriptInfo> scripts;
  for (int i = 0; i < count_; ++i) {
    const Entry& entry = entries_[i];
    scripts.push_back({entry.id, entry.file, entry.length, std::string(entry.head),
                       std::string(entry.map_url), std::string(entry.map_copied), entry.map_in_heap});
  }
  return scripts;
}

}  // namespace gmr::vm

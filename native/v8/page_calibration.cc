#include "page_calibration.h"

#include <algorithm>
#include <vector>

#include "../process/self_memory.h"

namespace gmr::vm {

namespace {

constexpr int32_t kHeaderBytes = 192;
constexpr int32_t kMaxMetadataOffset = 32;
constexpr int32_t kFlagOffsets = 24;
// Heap is a member of Isolate, and v8::Isolate* points near its start.
constexpr uint64_t kBeforeIsolate = uint64_t{128} << 10;
constexpr uint64_t kBehindIsolate = uint64_t{256} << 10;
// Objects of the read-only heap begin behind its page's header.
constexpr int32_t kMaxFreeSpaceType = 1024;

platform::Address PageOf(Tagged object) { return object.Slot(0).AlignedDown(kPageBytes); }

class PageFinder {
 public:
  PageFinder(v8::Isolate* isolate, const HeapReader& heap, HeapLayout* layout, HeapAnchors* anchors)
      : isolate_(platform::OwnAddress(isolate)), heap_(heap), layout_(*layout), anchors_(*anchors) {}

  void AddPageOf(Tagged object) {
    const platform::Address page = PageOf(object);
    if (std::find(pages_.begin(), pages_.end(), page) == pages_.end()) pages_.push_back(page);
  }

  bool Find(Tagged young, Tagged old) {
    return pages_.size() >= 2 && (FindInline() || FindInMetadata()) && FindFlags(PageOf(young), PageOf(old));
  }

 private:
  uint64_t Load(platform::Address address) const {
    uint64_t value = 0;
    return heap_.memory().Load(address, &value) ? value : 0;
  }

  bool IsInIsolate(platform::Address value) const {
    return value > isolate_ - kBeforeIsolate && value < isolate_ + kBehindIsolate;
  }

  // The same address in the isolate at this place of every page, or null.
  template <typename HeaderOf>
  platform::Address CommonHeap(int32_t offset, HeaderOf header_of) const {
    platform::Address common;
    for (const platform::Address page : pages_) {
      const platform::Address header = header_of(page);
      const platform::Address value(header.IsNull() ? 0 : Load(header + offset));
      if (!IsInIsolate(value) || (!common.IsNull() && value != common)) return {};
      common = value;
    }
    return common;
  }

  bool FindInline() {
    for (int32_t offset = 0; offset < kHeaderBytes; offset += 8) {
      const platform::Address heap = CommonHeap(offset, [](platform::Address page) { return page; });
      if (heap.IsNull()) continue;
      layout_.page_heap = offset;
      anchors_.heap = heap;
      return true;
    }
    return false;
  }

  bool FindInMetadata() {
    for (int32_t at = 0; at < kMaxMetadataOffset; at += 8) {
      const auto metadata_of = [&](platform::Address page) { return MetadataAt(page, at); };
      const int32_t self = FindSelf(metadata_of);
      for (int32_t offset = 0; self >= 0 && offset < kHeaderBytes; offset += 8) {
        const platform::Address heap = CommonHeap(offset, metadata_of);
        if (heap.IsNull()) continue;
        layout_.page_metadata = at;
        layout_.page_metadata_self = self;
        layout_.page_heap = offset;
        anchors_.heap = heap;
        return true;
      }
    }
    return false;
  }

  platform::Address MetadataAt(platform::Address page, int32_t at) const {
    const uint64_t metadata = Load(page + at);
    return platform::Address(metadata % 8 == 0 && IsProcessAddress(metadata) ? metadata : 0);
  }

  // Where the metadata says which page it is of.
  template <typename HeaderOf>
  int32_t FindSelf(HeaderOf header_of) const {
    for (int32_t offset = 0; offset < 64; offset += 8) {
      const bool all = std::all_of(pages_.begin(), pages_.end(), [&](platform::Address page) {
        const platform::Address header = header_of(page);
        return !header.IsNull() && platform::Address(Load(header + offset)) == page;
      });
      if (all) return offset;
    }
    return -1;
  }

  bool FindFlags(platform::Address young, platform::Address old) {
    constexpr uint64_t kSemiSpace = kPageIsFromSpace | kPageIsToSpace;
    constexpr uint64_t kMaxFlags = uint64_t{1} << 24;
    for (int32_t offset = 0; offset < kFlagOffsets; offset += 8) {
      const uint64_t young_flags = Load(young + offset);
      const uint64_t old_flags = Load(old + offset);
      // The size of a page stands there too, in V8 11.
      if (young_flags == kPageBytes || young_flags >= kMaxFlags || old_flags >= kMaxFlags) continue;
      if ((young_flags & kSemiSpace) != kPageIsToSpace || (old_flags & kSemiSpace) != 0) continue;
      layout_.page_flags = offset;
      return true;
    }
    return false;
  }

  platform::Address isolate_;
  const HeapReader& heap_;
  HeapLayout& layout_;
  HeapAnchors& anchors_;
  std::vector<platform::Address> pages_;
};

// Maps of V8's own objects are near the map of all maps. Optional: the pages'
// end bounds the search.
Tagged FindFreeSpaceMap(const HeapReader& heap, Tagged any, const HeapLayout& layout) {
  Tagged map;
  Tagged meta;
  if (layout.type_free_space < 0 || layout.type_free_space >= kMaxFreeSpaceType) return {};
  if (!heap.MapOf(any, &map) || !heap.MapOf(map, &meta) || !heap.MapOf(meta, &meta)) return {};
  const platform::Address page = PageOf(meta);
  for (platform::Address at = page; at < page + kPageBytes; at += 8) {
    uint64_t word = 0;
    uint16_t type = 0;
    if (!heap.memory().Load(at, &word)) return {};
    if (word != meta.bits() || !heap.memory().Load(at + heap.layout().map_instance_type, &type)) continue;
    if (type == layout.type_free_space) return Tagged::At(at);
  }
  return {};
}

// Where the next new object goes is said in the isolate, for the code that V8
// generates: the only word there that is always the end of the newest object.
platform::Address FindAllocationTop(v8::Isolate* isolate, const HeapReader& heap) {
  constexpr uint64_t kSearchedBytes = uint64_t{64} << 10;
  constexpr int kRounds = 4;
  std::vector<platform::Address> candidates;
  for (int round = 0; round < kRounds; ++round) {
    const v8::HandleScope scope(isolate);
    const Tagged newest = TaggedOf(v8::Object::New(isolate));
    heap.memory().Forget();
    Tagged map;
    uint8_t words = 0;
    if (!heap.MapOf(newest, &map) || !heap.memory().Load(map.Slot(heap.layout().map_instance_words), &words))
      return {};
    const platform::Address end = newest.Slot(8 * words);
    const auto is_end = [&](platform::Address slot) {
      platform::Address word;
      return heap.memory().Load(slot, &word) && word == end;
    };
    if (round > 0) {
      std::erase_if(candidates, [&](platform::Address slot) { return !is_end(slot); });
      continue;
    }
    const platform::Address first = platform::OwnAddress(isolate);
    for (platform::Address slot = first; slot < first + kSearchedBytes; slot += 8) {
      if (is_end(slot)) candidates.push_back(slot);
    }
  }
  return candidates.size() == 1 ? candidates[0] : platform::Address();
}

}  // namespace

bool CalibratePages(v8::Isolate* isolate, const HeapReader& heap, const KnownObjects& known,
                    HeapLayout* layout, HeapAnchors* anchors) {
  PageFinder finder(isolate, heap, layout, anchors);
  for (int i = 0; i < static_cast<int>(Known::kCount); ++i) finder.AddPageOf(known[static_cast<Known>(i)]);
  const auto context = isolate->GetCurrentContext();
  Tagged map;
  // The map of the context's promises is as old as the context.
  if (!heap.MapOf(known[Known::kFresh], &map)) return false;
  finder.AddPageOf(map);
  finder.AddPageOf(TaggedOf(context->Global()));
  const Tagged young = TaggedOf(v8::Object::New(isolate));
  // New objects may have been allocated on a page that the last read had not.
  heap.memory().Forget();
  if (!finder.Find(young, map)) return false;
  // Optional, as what it finds is: without them more that is dead is listed.
  anchors->allocation_top_slot = FindAllocationTop(isolate, heap);
  anchors->free_space_map = FindFreeSpaceMap(heap, anchors->empty_elements, *layout);
  return true;
}

}  // namespace gmr::vm

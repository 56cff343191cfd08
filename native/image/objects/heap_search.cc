#include "heap_search.h"

#include <algorithm>
#include <map>

#include "heap_pages.h"

namespace gmr::vm {

namespace {

// sizeof(v8::internal::Isolate) is less than half of it in all versions.
constexpr uint64_t kMaxIsolateBytes = uint64_t{256} << 10;
// A new isolate has more; one page would be no proof.
constexpr uint32_t kLeastPages = 3;
// Enough for a decision: 16 GiB of memory in which pages may be, or so many pages of one heap.
constexpr size_t kMaxChunks = size_t{1} << 16;
constexpr uint32_t kEnoughPages = 512;

class Search {
 public:
  Search(platform::Address isolate, const HeapLayout& layout, platform::MemoryReader* memory)
      : isolate_(isolate), layout_(layout), memory_(memory) {}

  // False: enough has been seen.
  bool LookAt(const platform::AddressRange& range) {
    const platform::Address first = range.start.AlignedUp(kPageBytes);
    for (platform::Address page = first; page < range.end && page >= first;) {
      const size_t count = std::min<size_t>(kPageBatch, (range.end - page + kPageBytes - 1) / kPageBytes);
      chunks_ += count;
      if (chunks_ > kMaxChunks || most_ >= kEnoughPages) return false;
      Count(page, count);
      page += count * kPageBytes;
    }
    return true;
  }

  platform::Address Result() const {
    platform::Address heap;
    uint32_t second = 0;
    for (const auto& [address, pages] : pages_of_) {
      if (pages == most_) heap = address;
      if (pages < most_) second = std::max(second, pages);
    }
    const auto is_most = [this](const auto& entry) { return entry.second == most_; };
    const bool is_only = std::count_if(pages_of_.begin(), pages_of_.end(), is_most) == 1;
    return is_only && most_ >= kLeastPages && second < most_ / 2 ? heap : platform::Address();
  }

 private:
  void Count(platform::Address first, size_t count) {
    platform::Address headers[kPageBatch] = {};
    platform::Address places[kPageBatch] = {};
    uint64_t heaps[kPageBatch] = {};
    FindPageHeaders(memory_, layout_, first, count, headers);
    for (size_t i = 0; i < count; ++i) {
      // One that cannot be read would cost a call to the kernel of its own; a chunk of the list can.
      places[i] = headers[i].IsNull() ? first + i * kPageBytes : headers[i] + layout_.page_heap;
    }
    memory_->LoadEach(places, count, heaps);
    for (size_t i = 0; i < count; ++i) {
      const platform::Address heap(heaps[i]);
      const bool is_inside = heap > isolate_ && heap - isolate_ < kMaxIsolateBytes;
      if (headers[i].IsNull() || !is_inside || heap % sizeof(uint64_t) != 0) continue;
      most_ = std::max(most_, ++pages_of_[heap]);
    }
  }

  const platform::Address isolate_;
  const HeapLayout& layout_;
  platform::MemoryReader* const memory_;
  std::map<platform::Address, uint32_t> pages_of_;
  uint32_t most_ = 0;
  size_t chunks_ = 0;
};

}  // namespace

platform::Address FindHeapOf(platform::Address isolate, const HeapLayout& layout,
                             const platform::ProcMaps& maps, platform::MemoryReader* memory) {
  if (layout.page_heap < 0) return {};
  Search search(isolate, layout, memory);
  for (const platform::Mapping& mapping : maps.mappings()) {
    if (MayHoldHeap(mapping) && !search.LookAt(mapping.range)) break;
  }
  return search.Result();
}

}  // namespace gmr::vm

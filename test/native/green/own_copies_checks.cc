#include "own_copies_checks.h"

#include <sys/mman.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "../../../native/image/objects/heap_page_index.h"
#include "../../../native/process/proc_maps.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

namespace {

using platform::MemoryReader;
using platform::SelfMemory;

std::vector<vm::HeapPageIndex::Entry> ListPages(const vm::GreenThreadHeap& heap) {
  SelfMemory self;
  MemoryReader memory(&self);
  const auto index = std::make_unique<vm::HeapPageIndex>(&memory, &heap.layout);
  const auto maps = platform::ProcMaps::Read();
  if (!maps.ok() || !index->Add(heap.anchors.heap) || !index->Collect(maps.value())) return {};
  return {index->entries().begin(), index->entries().end()};
}

}  // namespace

OwnCopies FindOwnCopies(const vm::GreenThreadHeap& heap) {
  OwnCopies found;
  SelfMemory self;
  const auto pages = ListPages(heap);
  if (pages.empty()) return found;
  const vm::HeapPage page = pages.front().page;
  MemoryReader reader(&self, platform::ReadCache::kNone);
  auto* const copy = const_cast<uint64_t*>(reader.OpenWindow(page.start, page.end - page.start));
  constexpr size_t kBytes = MemoryReader::kWindowBytes;
  // Where the kernel places a mapping is its own affair, so this one is moved.
  constexpr size_t kRoom = kBytes + vm::kPageBytes;
  auto* const room = static_cast<uint8_t*>(
      mmap(nullptr, kRoom, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  if (copy == nullptr || room == MAP_FAILED) return found;
  const auto start = (reinterpret_cast<uintptr_t>(room) + vm::kPageBytes - 1) & ~(vm::kPageBytes - 1);
  void* const moved =
      mremap(copy, kBytes, kBytes, MREMAP_MAYMOVE | MREMAP_FIXED, reinterpret_cast<void*>(start));
  if (moved != MAP_FAILED) {
    // The reader will unmap what is there.
    mmap(copy, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    ++found.placed;
    for (const auto& entry : ListPages(heap)) found.listed += entry.page.start.number() == start ? 1 : 0;
  }
  munmap(room, kRoom);
  return found;
}

}  // namespace gmr::test

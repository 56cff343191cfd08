#include "own_copies_checks.h"

#include <sys/mman.h>

#include <memory>
#include <vector>

#include "../../../native/image/objects/heap_page_index.h"
#include "../../../native/process/proc_maps.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

namespace {

using platform::MemoryReader;
using platform::SelfMemory;

constexpr size_t kSmallPage = 4096;
// As many places as there are for a mapping between two pages of a heap, and more.
constexpr int kMostReaders = 200;

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
  std::vector<std::unique_ptr<MemoryReader>> readers;
  std::vector<void*> gaps;
  for (int i = 0; i < kMostReaders && found.placed == 0; ++i) {
    // Each mapping is next to the one before, so this one moves the next.
    gaps.push_back(mmap(nullptr, kSmallPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    readers.push_back(std::make_unique<MemoryReader>(&self, false));
    const auto copy =
        reinterpret_cast<uintptr_t>(readers.back()->OpenWindow(page.start, page.end - page.start));
    if (copy == 0 || copy % vm::kPageBytes != 0) continue;
    ++found.placed;
    for (const auto& entry : ListPages(heap)) found.listed += entry.page.start.number() == copy ? 1 : 0;
  }
  for (void* gap : gaps) {
    if (gap != MAP_FAILED) munmap(gap, kSmallPage);
  }
  return found;
}

}  // namespace gmr::test

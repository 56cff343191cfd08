#include "page_filter_checks.h"

#include <sys/mman.h>

#include <memory>
#include <numeric>

#include "../../../native/image/objects/heap_layout.h"
#include "../../../native/image/scan/page_filter.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

FilteredPages FilterPages(uint32_t count, const std::vector<uint32_t>& marked, uint32_t unreadable,
                          int64_t deadline_ns) {
  constexpr uint64_t kWord = 0x1234'5678'9ab9;
  const size_t bytes = count * vm::kPageBytes;
  auto* memory = static_cast<uint8_t*>(
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  std::vector<vm::HeapPage> pages(count);
  for (uint32_t i = 0; i < count; ++i) {
    pages[i].start = platform::OwnAddress(memory) + i * vm::kPageBytes;
    pages[i].end = pages[i].start + vm::kPageBytes;
  }
  for (const uint32_t page : marked) {
    auto* words = reinterpret_cast<uint64_t*>(memory + page * vm::kPageBytes);
    words[vm::kPageBytes / sizeof(uint64_t) - 1] = kWord;
  }
  // Unmapped, it would be the place for somebody else's memory.
  mprotect(memory + unreadable * vm::kPageBytes, vm::kPageBytes, PROT_NONE);

  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  vm::WordSet words;
  vm::PageTargets targets;
  words.Reset();
  words.Add(kWord);
  targets.Reset(count);
  platform::SelfMemory self;
  platform::MemoryReader reader(&self);
  const auto filter = std::make_unique<vm::PageFilter>(&reader);
  FilteredPages result;
  result.in_time = filter->Run({pages.data(), numbers.data(), count, &words, &targets, deadline_ns});
  for (uint32_t i = 0; i < count; ++i) {
    if (filter->MayHave(i)) result.found.push_back(i);
    result.noted += targets.IsNoted(i) ? 1 : 0;
  }
  munmap(memory, bytes);
  return result;
}

}  // namespace gmr::test

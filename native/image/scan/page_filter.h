// PageFilter: which pages of a heap have a word of a set, found by two threads where it may.
//
// Owns:        its answers; the second thread ends before the call does.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: starts a thread and allocates.
// Lifetime:    answers until the next Run().
//
// Worth it where few pages have one: those are read once more by who asks.
#ifndef GMR_NATIVE_IMAGE_SCAN_PAGE_FILTER_H_
#define GMR_NATIVE_IMAGE_SCAN_PAGE_FILTER_H_

#include <atomic>
#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../process/safe_read.h"
#include "../objects/heap_pages.h"
#include "page_targets.h"
#include "word_set.h"

namespace gmr::vm {

struct PageQuestion {
  const HeapPage* pages = nullptr;
  // Numbers of the pages that are to be looked at.
  const uint32_t* numbers = nullptr;
  size_t count = 0;
  const WordSet* words = nullptr;
  // Those of pages that are not noted yet are noted.
  PageTargets* targets = nullptr;
  int64_t deadline_ns = 0;
  bool may_split = true;
};

class PageFilter {
 public:
  explicit PageFilter(platform::MemoryReader* memory) : memory_(memory) {}

  // So many pages are read while a thread is started.
  static constexpr size_t kWorthSplitting = 64;

  // False: no memory, or the deadline is over.
  bool Run(const PageQuestion& question);
  // Of the page that has this place in the question.
  bool MayHave(size_t place) const { return answers_[place] != 0; }

 private:
  static constexpr size_t kMaxPages = size_t{1} << 17;

  void Answer(const PageQuestion& question, platform::MemoryReader* memory);

  platform::MemoryReader* memory_;
  platform::MappedArray<uint8_t> answers_{kMaxPages};
  std::atomic<size_t> next_{0};
  std::atomic<bool> is_late_{false};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_PAGE_FILTER_H_

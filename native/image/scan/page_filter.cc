#include "page_filter.h"

#include <algorithm>
#include <memory>
#include <new>
#include <thread>

#include "../../base/clock.h"
#include "../../base/helper_thread.h"

namespace gmr::vm {

namespace {

bool HasAny(const WordSet& set, const uint64_t* words, size_t count) {
  size_t i = 0;
  for (; i + WordSet::kStride <= count; i += WordSet::kStride) {
    if (set.MayHaveOneOf(words + i)) return true;
  }
  return std::any_of(words + i, words + count, [&](uint64_t word) { return set.MayHave(word); });
}

}  // namespace

bool PageFilter::Run(const PageQuestion& question) {
  if (!answers_.Assign(question.count, 0)) return false;
  next_ = 0;
  is_late_ = false;
  // A source and its reader serve one thread.
  std::unique_ptr<platform::MemorySource> source;
  std::unique_ptr<platform::MemoryReader> second;
  platform::HelperThread helper;
  if (question.may_split && question.count >= kWorthSplitting && std::thread::hardware_concurrency() >= 2) {
    source = memory_->source()->Clone();
    second = std::make_unique<platform::MemoryReader>(source.get());
    // Where it cannot be started, all pages are left to this one.
    helper.Start("gmr-filter", [&] { Answer(question, second.get()); });
  }
  Answer(question, memory_);
  helper.Join();
  if (helper.ran_out_of_memory()) throw std::bad_alloc();
  return !is_late_;
}

void PageFilter::Answer(const PageQuestion& question, platform::MemoryReader* memory) {
  for (size_t i = next_.fetch_add(1); i < question.count; i = next_.fetch_add(1)) {
    if (platform::MonotonicNs() > question.deadline_ns) is_late_ = true;
    if (is_late_) return;
    const uint32_t number = question.numbers[i];
    const HeapPage& page = question.pages[number];
    const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
    const uint64_t* words = memory->OpenWindow(page.start, bytes);
    if (words == nullptr) continue;
    const size_t count = bytes / sizeof(uint64_t);
    if (!question.targets->IsNoted(number)) question.targets->Note(number, words, count);
    answers_[i] = HasAny(*question.words, words, count) ? 1 : 0;
  }
}

}  // namespace gmr::vm

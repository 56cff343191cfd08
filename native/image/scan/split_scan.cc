#include "split_scan.h"

#include <algorithm>
#include <memory>
#include <new>
#include <thread>

#include "../../base/helper_thread.h"
#include "../../base/thread_priority.h"

namespace gmr::vm {

namespace {

// 32 MB are read in about 15 ms; to start a thread takes a tenth of a millisecond.
constexpr size_t kWorthSplitting = (size_t{32} << 20) / kPageBytes;

// A source and its reader serve one thread.
struct Second {
  explicit Second(const HeapScan& first)
      : source(first.heap().memory().source()->Clone()),
        memory(source.get()),
        heap(&memory, &first.heap().layout()),
        scan(&heap, &first.layout(), &first.anchors()) {}

  const std::unique_ptr<platform::MemorySource> source;
  platform::MemoryReader memory;
  HeapReader heap;
  HeapScan scan;
};

}  // namespace

HeapScan::Outcome RunSplit(const HeapPages& pages, const ScanLimits& limits, HeapScan* scan) {
  if (pages.pages().size() < kWorthSplitting || std::thread::hardware_concurrency() < 2)
    return scan->Run(pages, limits);
  PageShare share(pages.pages().size());
  ScanLimits from_front = limits;
  from_front.share = &share;
  ScanLimits from_back = from_front;
  from_back.from_back = true;
  // Too large for a stack.
  const auto second = std::make_unique<Second>(*scan);
  auto outcome_of_second = HeapScan::Outcome::kDone;
  platform::HelperThread helper;
  // Where it cannot be started, all pages are left to the first.
  helper.Start("gmr-scan", [&] {
    if (limits.is_beside_service) platform::LowerThreadPriority();
    outcome_of_second = second->scan.Run(pages, from_back);
  });
  const HeapScan::Outcome outcome = scan->Run(pages, from_front);
  helper.Join();
  if (helper.ran_out_of_memory()) throw std::bad_alloc();
  if (!scan->Append(second->scan)) return HeapScan::Outcome::kTooMany;
  return std::max(outcome, outcome_of_second);
}

}  // namespace gmr::vm

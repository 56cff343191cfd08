#include "wraps.h"

#include "../../../native/v8/heap_model.h"

namespace gmr::test {

Wraps wraps;

}  // namespace gmr::test

using gmr::test::wraps;
using gmr::vm::GcEpoch;
using gmr::vm::GreenThreadHeap;
using gmr::vm::GreenThreadLimits;
using gmr::vm::GreenThreads;
using gmr::vm::GreenThreadScan;
using gmr::vm::HeapLayout;
using gmr::vm::HeapModel;
using gmr::vm::HeapPageIndex;
using gmr::vm::HeapReading;
using HoldersSource = gmr::vm::GreenThreadScan::HoldersSource;
using gmr::vm::Layout;

// The linker (--wrap, see binding.gyp) leads the product's calls of these functions here.
extern "C" {
#define GMR_PREPARE _ZNK3gmr2vm9HeapModel10ForIsolateENS_8platform7AddressERKNS0_6LayoutEd
#define GMR_CAPTURE \
  _ZN3gmr2vm15GreenThreadScan7CaptureERKNS0_15GreenThreadHeapERKNS0_13HeapPageIndexERKNS0_17GreenThreadLimitsERKSt8functionIFNS0_15CallbackHoldersES7_EE
#define GMR_TAKE _ZNK3gmr2vm15GreenThreadScan4TakeENS0_11HeapReadingE
#define GMR_EPOCH \
  _ZN3gmr2vm11ReadGcEpochEPNS_8platform12MemoryReaderERKNS0_10HeapLayoutENS1_7AddressEPNS0_7GcEpochE
#define GMR_JOIN_(a, b) a##b
#define GMR_JOIN(a, b) GMR_JOIN_(a, b)

GreenThreadHeap GMR_JOIN(__real_, GMR_PREPARE)(const HeapModel*, gmr::platform::Address, const Layout&,
                                               double);
void GMR_JOIN(__real_, GMR_CAPTURE)(GreenThreadScan*, const GreenThreadHeap&, const HeapPageIndex&,
                                    const GreenThreadLimits&, const HoldersSource&);
GreenThreads GMR_JOIN(__real_, GMR_TAKE)(const GreenThreadScan*, HeapReading);
bool GMR_JOIN(__real_, GMR_EPOCH)(gmr::platform::MemoryReader*, const HeapLayout&, gmr::platform::Address,
                                  GcEpoch*);

GreenThreadHeap GMR_JOIN(__wrap_, GMR_PREPARE)(const HeapModel* model, gmr::platform::Address isolate,
                                               const Layout& layout, double timer_base_ms) {
  const GreenThreadHeap heap = GMR_JOIN(__real_, GMR_PREPARE)(model, isolate, layout, timer_base_ms);
  if (wraps.listener != nullptr) wraps.listener->OnPrepare(isolate, heap.anchors.heap);
  return heap;
}

void GMR_JOIN(__wrap_, GMR_CAPTURE)(GreenThreadScan* scan, const GreenThreadHeap& heap,
                                    const HeapPageIndex& index, const GreenThreadLimits& limits,
                                    const HoldersSource& holders) {
  if (wraps.listener != nullptr) wraps.listener->OnCapture(heap.anchors.heap);
  GMR_JOIN(__real_, GMR_CAPTURE)(scan, heap, index, limits, holders);
}

GreenThreads GMR_JOIN(__wrap_, GMR_TAKE)(const GreenThreadScan* scan, HeapReading reading) {
  const bool is_spoiled = wraps.is_unproved && reading == HeapReading::kRunning;
  GreenThreads found = GMR_JOIN(__real_, GMR_TAKE)(scan, is_spoiled ? HeapReading::kAtRest : reading);
  found.reading = reading;
  if (wraps.listener != nullptr) wraps.listener->OnTake(found);
  return found;
}

bool GMR_JOIN(__wrap_, GMR_EPOCH)(gmr::platform::MemoryReader* memory, const HeapLayout& layout,
                                  gmr::platform::Address heap, GcEpoch* epoch) {
  const bool is_read = GMR_JOIN(__real_, GMR_EPOCH)(memory, layout, heap, epoch);
  if (wraps.is_unwatched) *epoch = {0, 0, 0};
  return is_read;
}
}

#include "heap_model.h"

#include <algorithm>
#include <iterator>

#include "../base/clock.h"
#include "../image/objects/heap_search.h"
#include "../image/objects/own_name.h"
#include "../process/self_memory.h"
#include "gc_epoch_check.h"
#include "green_thread_check.h"
#include "heap_calibration.h"
#include "layout_loader.h"

namespace gmr::vm {

namespace {

// IsolateData, the start of v8::internal::Isolate, holds the table of roots.
constexpr int32_t kSearchedBytes = 64 << 10;
constexpr size_t kTimerArenaBytes = size_t{64} << 10;

// The first place in the isolate that holds the address of `object`; -1: none.
int32_t FindIn(platform::Address isolate, const HeapReader& heap, Tagged object) {
  for (int32_t offset = 0; offset < kSearchedBytes; offset += 8) {
    uint64_t word = 0;
    if (!heap.memory().Load(isolate + offset, &word)) return -1;
    if (word == object.bits()) return offset;
  }
  return -1;
}

// A timer that was started just now says what its clock shows.
double FindTimerBase(const Layout& layout, Tagged timer) {
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  platform::Arena arena(kTimerArenaBytes);
  const HeapReader heap(&memory, &layout);
  const RawStrings strings(&heap, &arena);
  Tagged start;
  if (!ReadOwnProperty(heap, strings, timer, "_idleStart", &start) || !start.IsSmi()) return -1;
  return platform::MsBetween(0, platform::MonotonicNs()) - start.ToSmi();
}

}  // namespace

GreenThreadHeap PrepareGreenThreads(v8::Isolate* isolate, const LoadedLayout& loaded) {
  GreenThreadHeap prepared;
  prepared.problem = loaded.reason;
  if (!loaded.usable) return prepared;
  const v8::HandleScope scope(isolate);
  KnownObjects known;
  if (!known.Make(isolate, isolate->GetCurrentContext())) {
    prepared.problem = "the self-test script did not run";
    return prepared;
  }
  HeapCalibration calibration = CalibrateHeap(isolate, loaded.layout, known);
  prepared.layout = calibration.layout;
  prepared.anchors = calibration.anchors;
  prepared.problem = std::move(calibration.problem);
  prepared.anchors.timer_base_ms = FindTimerBase(loaded.layout, known[Known::kTimer]);
  if (prepared.problem.empty()) prepared.problem = CheckGreenThreads(loaded.layout, prepared, known);
  known.Finish();
  return prepared;
}

HeapModel HeapModel::Make(v8::Isolate* isolate, const LoadedLayout& loaded) {
  HeapModel model;
  const GreenThreadHeap prepared = PrepareGreenThreads(isolate, loaded);
  model.problem_ = prepared.problem;
  if (!prepared.problem.empty()) return model;
  model.layout_ = prepared.layout;
  const platform::Address address = platform::OwnAddress(isolate);
  model.heap_offset_ = static_cast<int64_t>(prepared.anchors.heap - address);
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const HeapReader heap(&memory, &loaded.layout);
  if (!model.FindRoots(address, heap, prepared.anchors)) return model;
  // The way that all others are read must lead to the same.
  const HeapAnchors again = model.ForIsolate(address, loaded.layout, -1).anchors;
  if (again.heap != prepared.anchors.heap) model.problem_ = "the isolate's heap is elsewhere";
  // This comes last because it moves the objects that were found.
  if (model.problem_.empty()) model.gc_problem_ = CheckGcEpoch(isolate, prepared.layout, again.heap);
  return model;
}

HeapLayout HeapModel::LayoutOf(const HeapTable& table) {
  HeapLayout layout = ProcessHeapLayout().layout;
  for (size_t i = 0; i < kHeapTableFieldCount; ++i) layout.*kHeapTableFields[i].field = table.fields[i];
  return layout;
}

HeapModel HeapModel::FromTable(const HeapTable& table, platform::Address isolate,
                               const LoadedLayout& loaded) {
  HeapModel model;
  model.layout_ = LayoutOf(table);
  model.problem_ = loaded.usable ? ProcessHeapLayout().problem : loaded.reason;
  if (!model.problem_.empty()) return model;
  std::copy(std::begin(table.roots), std::end(table.roots), model.roots_);
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const auto maps = platform::ProcMaps::Read();
  const platform::Address heap =
      maps.ok() ? FindHeapOf(isolate, model.layout_, maps.value(), &memory) : platform::Address();
  if (heap.IsNull()) {
    model.problem_ = "the heap of the main thread was not found";
    return model;
  }
  model.heap_offset_ = static_cast<int64_t>(heap - isolate);
  model.problem_ = model.ForIsolate(isolate, loaded.layout, -1).problem;
  model.gc_problem_.clear();
  return model;
}

HeapTable HeapModel::ToTable() const {
  HeapTable table;
  for (size_t i = 0; i < kHeapTableFieldCount; ++i) table.fields[i] = layout_.*kHeapTableFields[i].field;
  std::copy(std::begin(roots_), std::end(roots_), table.roots);
  return table;
}

bool HeapModel::FindRoots(platform::Address isolate, const HeapReader& heap, const HeapAnchors& anchors) {
  for (size_t i = 0; i < kHeapRootCount; ++i) {
    Tagged object = anchors.*kHeapRoots[i].anchor;
    HeapRootPlace& place = roots_[i];
    if (object.IsObject()) {
      place.offset = FindIn(isolate, heap, object);
      place.type = heap.TypeOf(&object);
    }
    if (!kHeapRoots[i].required || (place.offset >= 0 && place.type >= 0)) continue;
    problem_ = std::string("not found among the isolate's roots: ") + kHeapRoots[i].what;
    return false;
  }
  return true;
}

bool HeapModel::IsPlausible(const HeapReader& heap, size_t root, Tagged object) const {
  if (!object.IsObject() || heap.TypeOf(&object) != roots_[root].type) return false;
  if (roots_[root].type != heap.layout().type_shared) return true;
  int32_t builtin = -1;
  const int32_t wanted = kHeapRoots[root].anchor == &HeapAnchors::resolve_shared ? layout_.builtin_resolve
                                                                                 : layout_.builtin_reject;
  return heap.LoadSmi(object, layout_.shared_builtin, &builtin) && builtin == wanted;
}

GreenThreadHeap HeapModel::ForIsolate(platform::Address isolate, const Layout& layout,
                                      double timer_base_ms) const {
  GreenThreadHeap prepared;
  prepared.layout = layout_;
  prepared.problem = problem_;
  if (!problem_.empty()) return prepared;
  prepared.anchors.timer_base_ms = timer_base_ms;
  prepared.anchors.heap = isolate + heap_offset_;
  prepared.anchors.new_area = isolate + v8::internal::Internals::kNewAllocationInfoOffset;
  prepared.anchors.old_area = isolate + v8::internal::Internals::kOldAllocationInfoOffset;
  prepared.anchors.allocation_top_slot = prepared.anchors.new_area + sizeof(uint64_t);
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const HeapReader heap(&memory, &layout);
  for (size_t i = 0; i < kHeapRootCount; ++i) {
    const int32_t offset = roots_[i].offset;
    uint64_t word = 0;
    const bool read = offset >= 0 && memory.Load(isolate + offset, &word);
    if (read && IsPlausible(heap, i, Tagged(word))) {
      prepared.anchors.*kHeapRoots[i].anchor = Tagged(word);
    } else if (kHeapRoots[i].required) {
      prepared.problem =
          std::string("the isolate is not laid out as the one of the self-test: ") + kHeapRoots[i].what;
    }
  }
  return prepared;
}

}  // namespace gmr::vm

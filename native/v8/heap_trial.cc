#include "heap_trial.h"

#include "../base/memory_guard.h"
#include "../base/monitor.h"
#include "../process/self_memory.h"
#include "gc_epoch_check.h"
#include "heap_calibration.h"

namespace gmr::vm {

namespace {

struct Verdict {
  platform::Monitor monitor;
  // Guarded by it:
  bool made = false;
  std::string problem = kNotTried;

  bool IsMade() {
    const platform::Monitor::Lock lock(monitor);
    return made;
  }
  void Set(std::string text) {
    const platform::Monitor::Lock lock(monitor);
    made = true;
    problem = std::move(text);
  }
  std::string Problem() {
    const platform::Monitor::Lock lock(monitor);
    return problem;
  }
};

Verdict& OfModel() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, like the registry
  static auto* verdict = new Verdict;
  return *verdict;
}

Verdict& OfGcEpoch() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, like the registry
  static auto* verdict = new Verdict;
  return *verdict;
}

std::string DifferenceBetween(const HeapLayout& right, const HeapLayout& tried) {
  for (const HeapTableField& field : kHeapTableFields) {
    if (right.*field.field != tried.*field.field)
      return std::string("its table of this V8 is wrong: ") + field.name;
  }
  return "";
}

std::string DifferenceBetween(const HeapAnchors& right, const HeapAnchors& tried) {
  if (right.heap != tried.heap) return "the isolate's heap is elsewhere";
  for (const HeapRoot& root : kHeapRoots) {
    if (right.*root.anchor != tried.*root.anchor)
      return std::string("its table of this V8 is wrong: ") + root.what;
  }
  return "";
}

std::string Compare(v8::Isolate* isolate, const LoadedLayout& loaded, const KnownObjects& known,
                    const HeapModel& model) {
  const HeapCalibration calibration = CalibrateHeap(isolate, loaded.layout, known);
  if (!calibration.problem.empty()) return calibration.problem;
  const GreenThreadHeap tried = model.ForIsolate(platform::OwnAddress(isolate), loaded.layout, -1);
  if (!tried.problem.empty()) return tried.problem;
  const std::string difference = DifferenceBetween(calibration.layout, tried.layout);
  return difference.empty() ? DifferenceBetween(calibration.anchors, tried.anchors) : difference;
}

}  // namespace

std::string CompareWithCalibration(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model,
                                   bool* conclusive) {
  const v8::HandleScope scope(isolate);
  const v8::TryCatch caught(isolate);
  const uint32_t blind_readers = platform::BlindReaders();
  KnownObjects known;
  *conclusive = known.Make(isolate, isolate->GetCurrentContext());
  if (!*conclusive) return "the self-test script did not run";
  std::string problem = Compare(isolate, loaded, known, model);
  known.Finish();
  *conclusive = !caught.HasTerminated() && platform::BlindReaders() == blind_readers;
  return problem;
}

void TryHeapModel(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model) {
  if (!loaded.usable || OfModel().IsMade()) return;
  platform::WithinMemory([&] {
    bool conclusive = false;
    std::string problem = CompareWithCalibration(isolate, loaded, model, &conclusive);
    if (conclusive) OfModel().Set(std::move(problem));  // else the next report tries again
  });
}

std::string HeapModelProblem() { return OfModel().Problem(); }

void TryGcEpoch(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model) {
  if (!loaded.usable || OfGcEpoch().IsMade()) return;
  platform::WithinMemory([&] {
    const GreenThreadHeap heap = model.ForIsolate(platform::OwnAddress(isolate), loaded.layout, -1);
    if (heap.problem.empty()) OfGcEpoch().Set(CheckGcEpoch(isolate, heap.layout, heap.anchors.heap));
  });
}

std::string GcEpochProblem() { return OfGcEpoch().Problem(); }

}  // namespace gmr::vm

// HeapModel: what calibration found in one isolate, for use in all others of the process.
//
// Owns:        plain numbers.
// Threads:     Make() on the thread of an isolate that may run JavaScript; ForIsolate()
//              anywhere: it only reads memory.
// Signal-safe: no.
// Lifetime:    of the process: all its isolates are of the same V8.
//
// Calibration runs a script, which no interrupt may do, and takes milliseconds, which
// no application should pay before its first report. So it is made in a bare isolate
// of the reporter's. Where fields are is the same in every isolate; the addresses of
// V8's own objects are not, but the places where each isolate notes them are.
#ifndef GMR_NATIVE_V8_HEAP_MODEL_H_
#define GMR_NATIVE_V8_HEAP_MODEL_H_

#include <v8.h>

#include <string>

#include "../image/green/green_threads.h"

namespace gmr::vm {

// Makes known functions in `isolate`, finds out the layout from them, and dumps them as a test.
GreenThreadHeap PrepareGreenThreads(v8::Isolate* isolate, const LoadedLayout& loaded);

class HeapModel {
 public:
  // About ten milliseconds. `isolate` must be able to run JavaScript, in a context.
  static HeapModel Make(v8::Isolate* isolate, const LoadedLayout& loaded);

  // "": usable. Else why not, for people.
  const std::string& problem() const { return problem_; }

  // Empty when gc_epoch.h can be trusted in the isolates of this process, otherwise the reason why not.
  const std::string& gc_problem() const { return gc_problem_; }

  // What a scan of that isolate needs. Each anchor is read from the isolate and must be
  // of the same kind as the one that calibration found.
  GreenThreadHeap ForIsolate(uintptr_t isolate, const Layout& layout, double timer_base_ms) const;

 private:
  // One of V8's own objects: where an isolate notes its address, and of which type it is.
  struct Root {
    Tagged HeapAnchors::*anchor = nullptr;
    const char* what = "";
    bool required = true;
    int32_t offset = -1;
    int32_t type = -1;
  };
  static constexpr int kRoots = 5;

  bool FindRoots(uintptr_t isolate, const HeapReader& heap, const HeapAnchors& anchors);
  bool IsPlausible(const HeapReader& heap, const Root& root, Tagged object) const;

  HeapLayout layout_;
  int64_t heap_offset_ = 0;  // from the isolate to its heap
  Root roots_[kRoots] = {
      {&HeapAnchors::empty_elements, "objects without elements"},
      {&HeapAnchors::empty_frozen_elements, "frozen objects without elements"},
      {&HeapAnchors::resolve_shared, "functions that resolve a promise"},
      {&HeapAnchors::reject_shared, "functions that reject a promise"},
      {&HeapAnchors::free_space_map, "free blocks", false},
  };
  std::string problem_ = "the self-test was not made";
  std::string gc_problem_ = "the self-test was not made";
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_MODEL_H_

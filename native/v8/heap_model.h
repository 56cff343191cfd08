// HeapModel: where the suspended functions are in all isolates of this process.
//
// Owns:        plain numbers.
// Threads:     Make() on the thread of an isolate that may run JavaScript; the rest
//              anywhere: it only reads memory.
// Signal-safe: no.
// Lifetime:    of the process: all its isolates are of the same V8.
//
// The numbers come from a table per version of V8. For another version they are found
// out: calibration runs a script, which no interrupt may do, and takes milliseconds, so
// it is made in a bare isolate of the reporter's. Where fields are is the same in every
// isolate; the addresses of V8's own objects are not, but the places where each isolate
// notes them are.
#ifndef GMR_NATIVE_V8_HEAP_MODEL_H_
#define GMR_NATIVE_V8_HEAP_MODEL_H_

#include <v8.h>

#include <string>

#include "../image/green/green_threads.h"
#include "../image/objects/heap_tables.h"

namespace gmr::vm {

// Makes known functions in `isolate`, finds out the layout from them, and dumps them as a test.
GreenThreadHeap PrepareGreenThreads(v8::Isolate* isolate, const LoadedLayout& loaded);

class HeapModel {
 public:
  // By calibration. About ten milliseconds. `isolate` must be able to run JavaScript, in a context.
  static HeapModel Make(v8::Isolate* isolate, const LoadedLayout& loaded);

  // By a table, and by the memory of an isolate that may be running meanwhile. Under a millisecond; more
  // where the process has much memory. It is unusable unless that isolate has the heap and the objects that
  // the table expects.
  static HeapModel FromTable(const HeapTable& table, platform::Address isolate, const LoadedLayout& loaded);

  // The layout that a table describes, which was compared with nothing.
  static HeapLayout LayoutOf(const HeapTable& table);

  // "": usable. Else why not, for people.
  const std::string& problem() const { return problem_; }
  // Of all isolates, if it is usable.
  const HeapLayout& layout() const { return layout_; }

  // Empty when gc_epoch.h can be trusted in the isolates of this process, otherwise the reason why not. With
  // a table it is for heap_trial.h to say.
  const std::string& gc_problem() const { return gc_problem_; }

  // What a table must say to lead to this model; without a version.
  HeapTable ToTable() const;

  // What a scan of that isolate needs. Each anchor is read from the isolate and must be
  // of the same kind as the one that calibration found.
  GreenThreadHeap ForIsolate(platform::Address isolate, const Layout& layout, double timer_base_ms) const;

 private:
  bool FindRoots(platform::Address isolate, const HeapReader& heap, const HeapAnchors& anchors);
  bool IsPlausible(const HeapReader& heap, size_t root, Tagged object) const;

  HeapLayout layout_;
  int64_t heap_offset_ = 0;  // from the isolate to its heap
  HeapRootPlace roots_[kHeapRootCount] = {};
  std::string problem_ = "the self-test was not made";
  std::string gc_problem_ = "the self-test was not made";
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_MODEL_H_

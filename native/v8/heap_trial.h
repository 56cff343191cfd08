// HeapTrial: are the tables of the heap right? Tried once per process, in an isolate of ours, before anything
// that was read by them is printed.
//
// Owns:        the results.
// Threads:     the tries on the thread of the isolate, while it may run JavaScript; the rest on any thread.
// Signal-safe: no.
// Lifetime:    of the process.
//
// The formatter's isolate is used for it. An isolate of its own would take longer than what is done in it.
#ifndef GMR_NATIVE_V8_HEAP_TRIAL_H_
#define GMR_NATIVE_V8_HEAP_TRIAL_H_

#include <v8.h>

#include <string>

#include "heap_model.h"

namespace gmr::vm {

inline constexpr const char* kNotTried = "the self-test was not made";

// Calibrates in the isolate and compares each number with the model's. "": they are equal. Else why the model
// cannot be trusted. `conclusive`: false when the comparison failed for another reason than the model's
// numbers.
std::string CompareWithCalibration(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model,
                                   bool* conclusive);

// The same for the model of this process, which came from a table. Nothing, when it was tried before. About
// two milliseconds.
void TryHeapModel(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model);

// Why that failed; empty: it did not. kNotTried: it was not made yet, or its result was not conclusive.
std::string HeapModelProblem();

// Whether gc_epoch.h finds what it should with the model's numbers: makes garbage collections, which take
// some milliseconds. Nothing, when it was tried before.
void TryGcEpoch(v8::Isolate* isolate, const LoadedLayout& loaded, const HeapModel& model);

// As HeapModelProblem().
std::string GcEpochProblem();

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_TRIAL_H_

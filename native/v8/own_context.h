// OwnContext: the plan by which contexts are read, and the context of the calling thread.
//
// Owns:        nothing between calls; during ReadOwnContext(), some 100 KiB and the pages of a MemoryReader.
// Threads:     MakeContextPlan() on any; ReadOwnContext() on the isolate's own, in an interrupt, after its
//              stack was captured.
// Signal-safe: no. It allocates with malloc, and neither runs JavaScript nor allocates on V8's heap.
// Lifetime:    functions.
#ifndef GMR_NATIVE_V8_OWN_CONTEXT_H_
#define GMR_NATIVE_V8_OWN_CONTEXT_H_

#include <v8.h>

#include <memory>
#include <string_view>

#include "../image/context/thread_context.h"
#include "heap_model.h"

namespace gmr::vm {

// `model`: nullptr when none was made yet; then the table of this V8 is used. `bundle`: the formatter's
// source, preceded by the table of rows; empty: nothing is recognised.
std::shared_ptr<const ContextPlan> MakeContextPlan(const LoadedLayout& loaded, const HeapModel* model,
                                                   std::string_view bundle);

// Why a plan cannot be trusted now that the model is known; "": it can.
std::string DifferenceBetween(const ContextPlan& plan, const HeapModel& model);

// `query`: nullptr when no values are wanted.
ThreadContext ReadOwnContext(const ContextPlan& plan, const ThreadAddresses& thread,
                             const AsyncContextQuery* query);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_OWN_CONTEXT_H_

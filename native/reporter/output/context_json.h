// ContextJson: contexts of threads and groups in the shape of src/formatter/raw-requests.ts.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_CONTEXT_JSON_H_
#define GMR_NATIVE_REPORTER_OUTPUT_CONTEXT_JSON_H_

#include "../../image/context/group_traces.h"
#include "../../image/context/thread_context.h"
#include "../model/json_writer.h"

namespace gmr::reporter {

// "string", "number"...: the word of model.ts. A value that is not primitive counts as a string.
const char* PrimitiveWord(vm::PrimitiveKind kind);

// The members `context` and `request` of a thread.
void WriteThreadContext(JsonWriter& json, const vm::ThreadContext& context);

// The member `traces` of a group.
void WriteTraces(JsonWriter& json, const vm::DescribedTraces& traces);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_CONTEXT_JSON_H_

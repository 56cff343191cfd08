// GreenThreadsJson: the suspended functions of one isolate in the shape of src/report/model.ts.
//
// Owns:        nothing.
// Threads:     any; it touches nothing but its arguments.
// Signal-safe: no: allocates.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_GREEN_THREADS_JSON_H_
#define GMR_NATIVE_REPORTER_OUTPUT_GREEN_THREADS_JSON_H_

#include "../model/code_json.h"
#include "../model/json_writer.h"
#include "../model/photograph.h"

namespace gmr::reporter {

// `heapRead`, as src/report/model.ts has it.
const char* ReadingWord(vm::HeapReading reading);

void WriteGreenThreads(JsonWriter& json, CodeJson& code, const GreenThreadsPhoto& photo);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_GREEN_THREADS_JSON_H_

// OpenJson: what is open in a thread, and the classes of its heap, as JSON in the shape of
// src/report/open.ts.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_OPEN_JSON_H_
#define GMR_NATIVE_REPORTER_OUTPUT_OPEN_JSON_H_

#include "../model/json_writer.h"
#include "../model/photograph.h"

namespace gmr::reporter {

void WriteOpen(JsonWriter& json, const GreenThreadsPhoto& photo);
void WriteHeapClasses(JsonWriter& json, const GreenThreadsPhoto& photo);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_OPEN_JSON_H_

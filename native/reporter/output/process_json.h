// The processes section as JSON, in the shape of src/report/processes.ts.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_PROCESS_JSON_H_
#define GMR_NATIVE_REPORTER_OUTPUT_PROCESS_JSON_H_

#include "../../process/proc_tree.h"
#include "../model/json_writer.h"

namespace gmr::reporter {

// One JSON value. The commands are written as they are; the formatter masks them.
void WriteProcesses(JsonWriter& json, const platform::Result<platform::ProcessTree>& tree);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_PROCESS_JSON_H_

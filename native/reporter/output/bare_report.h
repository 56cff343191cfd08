// BareReport: a report that needs no new memory, for when none is left.
//
// Owns:        one static buffer.
// Threads:     the reporter thread.
// Signal-safe: no. It allocates nothing.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_BARE_REPORT_H_
#define GMR_NATIVE_REPORTER_OUTPUT_BARE_REPORT_H_

#include <cstdint>

#include "../model/trigger.h"

namespace gmr::reporter {

// Writes to stderr what triggered the report, why there are no stacks, and the name and state of each thread.
// False when stderr did not accept all of it before the deadline.
bool WriteBareReport(const Trigger& trigger, uint32_t sequence, const char* why, int64_t deadline_ns);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_BARE_REPORT_H_

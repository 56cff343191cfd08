// AsyncCode: the text of the code of async callers, which V8 provides as strings only.
//
// Owns:        nothing.
// Threads:     the reporter thread.
// Signal-safe: no: allocates.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_ASYNC_CODE_H_
#define GMR_NATIVE_REPORTER_CAPTURE_ASYNC_CODE_H_

#include "../model/photograph.h"

namespace gmr::reporter {

// Callers that wait for a stack are suspended, so they are among the Green Threads of their isolate, where
// their code was read: it is the same where file, line and column are.
void FillAsyncCode(Photograph* photograph);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_ASYNC_CODE_H_

// Remembers which file stderr is: the application may close number 2, and the number may go to
// a data file or a connection, which must never receive a report.
//
// Owns:        what number 2 referred to when RememberStderr() was last called.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    process-wide, leaked on purpose.
//
// A different file under number 2 counts as stderr only if the application has evidently redirected stderr:
//   - it is a file with the path that stderr had (the log was rotated and opened again), or
//   - number 1 is open for writing on the same object, as after a redirection of both; for a
//     regular file only if it is open for appending, because a database may open its file twice.
// Otherwise the application has to call setupAutorun() again.
#ifndef GMR_NATIVE_OS_STDERR_IDENTITY_H_
#define GMR_NATIVE_OS_STDERR_IDENTITY_H_

#include "output_fd.h"

namespace gmr::platform {

// Called at setup: what number 2 refers to now is stderr.
void RememberStderr();

// Whether `output`, made from number 2, is stderr. True when nothing was remembered.
bool IsStderr(const OutputFd& output);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_STDERR_IDENTITY_H_

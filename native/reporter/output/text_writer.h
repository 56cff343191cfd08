// TextWriter: the last resort. The essential report in plain text, without V8,
// when the formatter cannot run.
//
// Owns:        nothing.
// Threads:     any; it touches nothing but its arguments.
// Signal-safe: no: allocates.
// Lifetime:    function.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_TEXT_WRITER_H_
#define GMR_NATIVE_REPORTER_OUTPUT_TEXT_WRITER_H_

#include <string>

#include "../model/photograph.h"

namespace gmr::reporter {

// `why` says why the formatter did not run; it may be the message of an exception,
// which may quote what the formatter was reading.
std::string WritePlainText(const Photograph& photograph, const platform::Unmasked& why);

// The line about an isolate that answered after its report was finished.
std::string DescribeLateAnswer(const vm::Capture& capture);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_TEXT_WRITER_H_

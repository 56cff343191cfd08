// Records the memory that decoding a stack reads, for test/plain.
//
// Owns:        nothing.
// Threads:     the isolate's own.
// Signal-safe: no.
// Lifetime:    function.
#ifndef GMR_TEST_NATIVE_JSFRAMES_RECORDING_H_
#define GMR_TEST_NATIVE_JSFRAMES_RECORDING_H_

#include <string>

#include "../../../native/image/stack/code_ranges.h"
#include "decoder.h"

namespace gmr::test {

// Decodes the calling thread's stack up to the first native frame below JavaScript, and writes what was read
// to a file: numbers of 64 bits, the bytes of each piece padded to words. False: it could not be written.
bool RecordStack(const Start& start, const vm::CodeRanges& ranges, const std::string& path);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_JSFRAMES_RECORDING_H_

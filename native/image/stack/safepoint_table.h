// SafepointTable: from a return address in optimized code to its deoptimization.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_IMAGE_STACK_SAFEPOINT_TABLE_H_
#define GMR_NATIVE_IMAGE_STACK_SAFEPOINT_TABLE_H_

#include <cstdint>

#include "code_lookup.h"

namespace gmr::vm {

// The index into the deoptimization data, or -1: none for this address.
int32_t FindDeoptIndex(const HeapReader& heap, const CodeObject& code, platform::Address pc);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_SAFEPOINT_TABLE_H_

// What MemoryReader answers for memory of every kind.
//
// Owns:        nothing between calls.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_TEST_NATIVE_UNWIND_READER_CHECKS_H_
#define GMR_TEST_NATIVE_UNWIND_READER_CHECKS_H_

#include <string>
#include <utility>
#include <vector>

#include "../../../native/process/self_memory.h"

namespace gmr::test {

const char* BackendName(platform::ReadBackend backend);

// Each named claim and whether it holds.
std::vector<std::pair<std::string, bool>> CheckReader(platform::ReadBackend first);

// The calling thread may from now on make no process_vm_readv(2): it fails with
// `error`. With `and_no_proc_mem`, /proc/self/mem is not to be opened either.
bool DenyProcessVmReadv(int error, bool and_no_proc_mem);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_UNWIND_READER_CHECKS_H_

// Restrict: takes permissions from this process, as containers and hardened
// services do.
//
// Owns:        nothing.
// Threads:     any; what is denied is denied to all threads.
// Signal-safe: no.
// Lifetime:    function. What it does cannot be undone.
#ifndef GMR_TEST_NATIVE_RESTRICTIONS_H_
#define GMR_TEST_NATIVE_RESTRICTIONS_H_

#include <string>

namespace gmr::test {

// One of the names in the source. "" or why it failed.
std::string Restrict(const std::string& name);

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_RESTRICTIONS_H_

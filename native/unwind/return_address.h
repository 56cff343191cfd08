// Return addresses as they are on the stack.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    function.
#ifndef GMR_NATIVE_UNWIND_RETURN_ADDRESS_H_
#define GMR_NATIVE_UNWIND_RETURN_ADDRESS_H_

#include <cstdint>

namespace gmr::platform {

// Without the signature that Arm's pointer authentication (Armv8.3) puts into the upper bits: Node's own C++
// is compiled so. Whether an address is signed need not be known, as one that is not stays as it is.
inline uint64_t WithoutSignature(uint64_t return_address) {
#if defined(__aarch64__)
  // xpaclri, by the number that older assemblers know too. Older processors take it for a nop.
  register uint64_t link asm("x30") = return_address;
  asm("hint #7" : "+r"(link));
  return link;
#else
  return return_address;
#endif
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_RETURN_ADDRESS_H_

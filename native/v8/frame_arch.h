// What V8's frames look like on this processor. All other code is the same for all.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_V8_FRAME_ARCH_H_
#define GMR_NATIVE_V8_FRAME_ARCH_H_

#include <cstdint>

#include "../platform/registers.h"
#include "../platform/safe_read.h"

namespace gmr::vm {

#if defined(__x86_64__)

// JSEntry is where C++ calls JavaScript: it pushed what its caller wants back,
// src/builtins/x64/builtins-x64.cc. The same places in V8 11.3 to 14.6, read
// from the machine code of Builtins_JSEntry.
inline bool RestoreAcrossEntry(platform::MemoryReader* memory, uintptr_t fp, platform::Registers* registers) {
  constexpr platform::Register kSaved[] = {platform::kRbx, platform::kR15, platform::kR14, platform::kR13,
                                           platform::kR12};
  constexpr uintptr_t kLowest = 56;
  uint64_t values[5] = {};
  if (!memory->Read(fp - kLowest, values, sizeof values)) return false;
  for (int i = 0; i < 5; ++i) registers->Set(kSaved[i], values[i]);
  return true;
}

#else

inline bool RestoreAcrossEntry(platform::MemoryReader*, uintptr_t, platform::Registers*) { return false; }

#endif

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_FRAME_ARCH_H_

// What V8's frames look like on this processor. All other code is the same for all.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    functions.
#ifndef GMR_NATIVE_IMAGE_STACK_FRAME_ARCH_H_
#define GMR_NATIVE_IMAGE_STACK_FRAME_ARCH_H_

#include <cstdint>

#include "../../base/registers.h"
#include "../../process/safe_read.h"
#include "../objects/layout.h"

namespace gmr::vm {

// JSEntry is where C++ calls JavaScript: it pushed what its caller wants back, src/builtins/<processor>/. The
// same places in V8 11.3 to 14.6 on x64, and in 11.3 and 13.6 on arm64, read from the machine code of
// Builtins_JSEntry.
inline bool IsEntry(FrameType type) {
  return type == FrameType::kEntry || type == FrameType::kConstructEntry;
}

#if defined(__aarch64__)

// Sets of `registers`, which have the pc and the frame pointer of the C++ that called the frame at `fp`, what
// that frame had saved. False: it is not known what it had, and so not what the caller's stack pointer is.
inline bool RestoreNative(platform::MemoryReader* memory, FrameType type, platform::Address fp,
                          platform::Registers* registers) {
  constexpr int kSavedCount = platform::kX28 - platform::kX19 + 1;
  // Above the frame pointer and the return address: x19 to x28; of JSEntry d8 to d15, too.
  constexpr uint64_t kSavedAt = 16;
  constexpr uint64_t kVectorBytes = 8 * 8;
  // RegExpMacroAssemblerARM64::GetCode(), src/regexp/arm64/
  if (!IsEntry(type) && type != FrameType::kIrregexp) return false;
  uint64_t values[kSavedCount] = {};
  if (!memory->Read(fp + kSavedAt, values, sizeof values)) return false;
  for (int i = 0; i < kSavedCount; ++i) {
    registers->Set(static_cast<platform::Register>(platform::kX19 + i), values[i]);
  }
  registers->Set(platform::kStackPointer, fp + kSavedAt + sizeof values + (IsEntry(type) ? kVectorBytes : 0));
  return true;
}

// Where a function without a frame may have its return address, besides on the stack; 0: nowhere.
inline platform::Address LinkOf(const platform::Registers& registers) {
  return platform::Address(registers.Get(platform::kX30));
}

#elif defined(__x86_64__)

inline bool RestoreNative(platform::MemoryReader* memory, FrameType type, platform::Address fp,
                          platform::Registers* registers) {
  constexpr platform::Register kSaved[] = {platform::kRbx, platform::kR15, platform::kR14, platform::kR13,
                                           platform::kR12};
  constexpr uint64_t kLowest = 56;
  uint64_t values[5] = {};
  // All frames begin with the frame pointer and the return address: the stack pointer is known.
  if (!IsEntry(type) || !memory->Read(fp - kLowest, values, sizeof values)) return true;
  for (int i = 0; i < 5; ++i) registers->Set(kSaved[i], values[i]);
  return true;
}

inline platform::Address LinkOf(const platform::Registers&) { return {}; }

#else

inline bool RestoreNative(platform::MemoryReader*, FrameType, platform::Address, platform::Registers*) {
  return false;
}

inline platform::Address LinkOf(const platform::Registers&) { return {}; }

#endif

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_FRAME_ARCH_H_

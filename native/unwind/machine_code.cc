#include "machine_code.h"

#include <algorithm>
#include <cstring>

namespace gmr::platform {

#if defined(__x86_64__)

namespace {

// Prologues are short; compilers that shrink-wrap move them a little further.
constexpr size_t kMaxPrologueBytes = 256;

// Length of `ff /2`, the indirect call, without prefixes; from its ModRM and SIB bytes.
size_t IndirectCallBytes(uint8_t mod_rm, uint8_t sib) {
  const int mode = mod_rm >> 6;
  const bool has_sib = mode != 3 && (mod_rm & 7) == 4;
  size_t displacement = mode == 1 ? 1 : mode == 2 ? 4 : 0;
  if (mode == 0 && ((mod_rm & 7) == 5 || (has_sib && (sib & 7) == 5))) displacement = 4;
  return 2 + (has_sib ? 1 : 0) + displacement;
}

}  // namespace

CallSite FindCallBefore(MemoryReader* reader, Address return_address) {
  constexpr size_t kLongest = 7;
  constexpr size_t kDirectBytes = 5;
  uint8_t code[kLongest];
  if (return_address < Address(kLongest) || !reader->Load(return_address - kLongest, &code))
    return CallSite();
  if (code[kLongest - kDirectBytes] == 0xe8) {
    int32_t distance = 0;
    std::memcpy(&distance, code + kLongest - sizeof distance, sizeof distance);
    return CallSite{true, return_address + distance};
  }
  for (size_t length = 2; length <= kLongest; ++length) {
    const uint8_t* call = code + kLongest - length;
    const uint8_t sib = length > 2 ? call[2] : 0;
    if (call[0] != 0xff || (call[1] & 0x38) != 0x10) continue;
    if (IndirectCallBytes(call[1], sib) == length) return CallSite{true, Address()};
  }
  return CallSite();
}

size_t FindStackAdjustments(MemoryReader* reader, Address start, Address end, uint32_t* sizes,
                            size_t capacity) {
  uint8_t code[kMaxPrologueBytes];
  if (end <= start) return 0;
  const size_t bytes = std::min(size_t{end - start}, kMaxPrologueBytes);
  if (!reader->Read(start, code, bytes)) return 0;
  size_t count = 0;
  for (size_t at = 0; at + 4 <= bytes && count < capacity; ++at) {
    if (code[at] != 0x48 || code[at + 2] != 0xec) continue;
    if (code[at + 1] == 0x83) {  // sub rsp, imm8
      if (code[at + 3] < 0x80) sizes[count++] = code[at + 3];
    } else if (code[at + 1] == 0x81 && at + 7 <= bytes) {  // sub rsp, imm32
      std::memcpy(&sizes[count++], code + at + 3, sizeof(uint32_t));
    }
  }
  return count;
}

#else

CallSite FindCallBefore(MemoryReader*, Address) { return CallSite(); }
size_t FindStackAdjustments(MemoryReader*, Address, Address, uint32_t*, size_t) { return 0; }

#endif

}  // namespace gmr::platform

// Names of code addresses, from the symbol tables of ELF files on disk.
//
// Owns:        nothing between calls: nothing is cached or left mapped.
// Threads:     any; meant for the reporter thread.
// Signal-safe: no: allocates, opens files. After parked threads are released.
// Lifetime:    functions.
//
// The file may be replaced, truncated or hostile meanwhile. It is read with
// pread(2), never mapped: a mapped file that shrinks kills its readers (SIGBUS).
#ifndef GMR_NATIVE_UNWIND_ELF_SYMBOLS_H_
#define GMR_NATIVE_UNWIND_ELF_SYMBOLS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../base/result.h"

namespace gmr::platform {

// How an address of a file is given.
enum class ElfAddressKind : uint8_t {
  kVirtual,     // as in the file's own headers: address in memory minus the module's bias
  kFileOffset,  // as in /proc/self/maps: also for code that was moved, as V8 does with its builtins
};

struct ElfSymbol {
  std::string mangled;  // empty: no symbol covers the address
  uint64_t offset = 0;  // from the symbol's start
};

// One answer per address, in the same order. One pass over .symtab, or over
// .dynsym where that is stripped; of that, only symbols that state their size.
// `build_id`, unless empty, must be the file's: names from another build would
// be wrong ones.
Result<std::vector<ElfSymbol>> FindElfSymbols(const std::string& path, std::string_view build_id,
                                              ElfAddressKind kind, const std::vector<uint64_t>& addresses);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_ELF_SYMBOLS_H_

// OldLimit: reads the limit of an isolate's old generation, at which V8 ends the process.
//
// Owns:        where the limit is, once it was found.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    plain object.
//
// V8's API exposes one limit, which is the sum of this one and of the largest size of the young generation
// (Heap::MaxReserved()). Both summands are in the isolate and are found by their sum.
#ifndef GMR_NATIVE_V8_OLD_LIMIT_H_
#define GMR_NATIVE_V8_OLD_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "../process/safe_read.h"

namespace gmr::vm {

class OldLimit {
 public:
  // Bytes; nullopt when they are not found, or not for certain. `heap_limit` is HeapSample::limit_bytes.
  std::optional<size_t> Read(platform::MemoryReader* memory, platform::Address isolate, uint64_t heap_limit);

 private:
  // Indexes of words of the isolate, and how many semi-spaces the young generation has room for.
  struct Place {
    size_t old_limit = 0;
    size_t semi_space = 0;
    uint64_t semi_spaces = 0;
  };

  static std::optional<Place> Find(const uint64_t* words, uint64_t heap_limit);
  static std::optional<Place> FindFor(const uint64_t* words, size_t old_limit, uint64_t heap_limit);
  static std::optional<size_t> ReadAt(const Place& place, platform::MemoryReader* memory,
                                      platform::Address isolate, uint64_t heap_limit);

  std::optional<Place> place_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_OLD_LIMIT_H_

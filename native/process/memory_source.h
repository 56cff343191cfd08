// MemorySource: where a MemoryReader gets bytes from.
//
// Owns:        nothing here; see each source.
// Threads:     one at a time. Another thread takes a Clone().
// Signal-safe: no; but those that fetch take no lock and do not allocate, so that they may be used
//              while another thread is parked inside malloc.
// Lifetime:    longer than its readers.
//
// The memory may be that of this process (SelfMemory), of another one, or what was recorded of one.
#ifndef GMR_NATIVE_PROCESS_MEMORY_SOURCE_H_
#define GMR_NATIVE_PROCESS_MEMORY_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../base/address.h"

namespace gmr::platform {

class MemorySource {
 public:
  MemorySource() = default;
  MemorySource(const MemorySource&) = delete;
  MemorySource& operator=(const MemorySource&) = delete;
  virtual ~MemorySource() = default;

  // All `bytes` or nothing: false when a part is not readable; `to` may then be partly written.
  virtual bool Fetch(Address address, void* to, size_t bytes) = 0;

  // Reads words from all over the memory at once, and returns how many it read before one that is not
  // readable. 0 may also mean that the source has no such way: then Fetch() has to be tried.
  virtual size_t FetchWords(const Address* /*addresses*/, size_t /*count*/, uint64_t* /*words*/) { return 0; }

  // The same for blocks of `bytes` each, to where `to` says.
  virtual size_t FetchBlocks(const Address* /*addresses*/, void* const* /*to*/, size_t /*count*/,
                             size_t /*bytes*/) {
    return 0;
  }

  // Makes a source of the same memory for another thread. Allocates.
  virtual std::unique_ptr<MemorySource> Clone() const = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_MEMORY_SOURCE_H_

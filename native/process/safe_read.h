// MemoryReader: reads memory that may not exist, through a cache.
//
// Owns:        a page cache of 2 MiB and a window of 256 KiB (mappings).
// Threads:     one at a time, and one at a time of those whose readers share a source.
// Signal-safe: no; but Read() takes no lock and does not allocate, so it may be
//              used while another thread is parked inside malloc.
// Lifetime:    not beyond its source.
#ifndef GMR_NATIVE_PROCESS_SAFE_READ_H_
#define GMR_NATIVE_PROCESS_SAFE_READ_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "memory_source.h"

namespace gmr::platform {

class MemoryReader {
 public:
  // Without the cache, reading is slow and needs no memory.
  explicit MemoryReader(MemorySource* source, bool with_cache = true);
  MemoryReader(const MemoryReader&) = delete;
  MemoryReader& operator=(const MemoryReader&) = delete;
  ~MemoryReader();

  // All `bytes` or nothing: false when a part is not readable; `to` may then
  // be partly written.
  bool Read(Address address, void* to, size_t bytes);

  template <typename T>
  bool Load(Address address, T* value) {
    static_assert(std::is_trivially_copyable_v<T>, "bytes from memory make no object with a constructor");
    if (instead_size_ != 0) return Read(address, value, sizeof(T));
    // A heap is read word by word, millions of them: most are in the window or the cache.
    const uint64_t in_window = address - window_start_;
    if (in_window < window_bytes_ && window_bytes_ - in_window >= sizeof(T)) {
      std::memcpy(value, window_ + in_window, sizeof(T));
      return true;
    }
    const size_t offset = address % kBlockBytes;
    const size_t slot = SlotOf(address);
    if (offset <= kBlockBytes - sizeof(T) && cache_ != nullptr && cache_->tags[slot] == address - offset) {
      std::memcpy(value, cache_->blocks[slot] + offset, sizeof(T));
      return true;
    }
    return Read(address, value, sizeof(T));
  }

  // Words from all over the memory by few calls to the kernel, past the cache. What is not readable is 0.
  void LoadEach(const Address* addresses, size_t count, uint64_t* words);

  static constexpr size_t kWindowBytes = size_t{256} << 10;

  // Copies a part of at most kWindowBytes by one call to the kernel, and serves
  // loads in it from the copy until the next one. Parts that are not readable
  // are 0 in the copy, and not served. nullptr: nothing of it is readable.
  const uint64_t* OpenWindow(Address start, size_t bytes);

  // From now on these bytes stand for the memory at `begin`, until Forget(). A read that is only partly
  // within them is a read of memory.
  void ReadInstead(Address begin, const uint8_t* bytes, size_t size);

  // Drops the cache and what stands for memory: the memory may have changed. Call it before each capture.
  void Forget();
  // Counts the calls of Forget(), for those who keep what they derived.
  uint32_t generation() const { return generation_; }

  // For another reader of the same memory.
  MemorySource* source() const { return source_; }

 private:
  // Every page size is a multiple of it, so a block is readable as a whole or not at all.
  static constexpr size_t kBlockBytes = 4096;
  static constexpr size_t kBlocks = 512;

  struct Cache {
    Address tags[kBlocks];
    uint8_t blocks[kBlocks][kBlockBytes];
  };

  static size_t SlotOf(Address address) { return address.number() / kBlockBytes % kBlocks; }
  const uint8_t* CachedBlock(Address block);
  bool FetchBlocks(Address start, size_t bytes);

  MemorySource* const source_;
  Cache* cache_ = nullptr;
  uint8_t* window_ = nullptr;
  Address window_start_;
  size_t window_bytes_ = 0;  // 0: closed
  uint32_t generation_ = 0;
  Address instead_begin_;
  const uint8_t* instead_ = nullptr;
  size_t instead_size_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_SAFE_READ_H_

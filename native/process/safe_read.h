// MemoryReader: reads memory that may not exist, through a cache.
//
// Owns:        a cache of 2 MiB, or of 8 MiB, and a window of 256 KiB (mappings).
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

enum class ReadCache : uint8_t {
  kNone,  // reading is slow and needs no memory
  kUsual,
};

class MemoryReader {
 public:
  explicit MemoryReader(MemorySource* source, ReadCache cache = ReadCache::kUsual);
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
    if (sets_ != 0 && offset <= kBlockBytes - sizeof(T)) {
      const Line& line = lines_[SetOf(address)];
      if (line.tag == address - offset) {
        std::memcpy(value, line.block + offset, sizeof(T));
        return true;
      }
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

  // Before thousands of objects are read: from now on, the cache is one of 8 MiB, and what lies beside the
  // memory that is needed is read with it. Forgets all; not for a reader without a cache.
  void UseLargeCache();

  // Drops the cache and what stands for memory: the memory may have changed. Call it before each capture.
  void Forget();
  // The same, and reads what is in the cache anew: by few calls to the kernel, for who will need it again.
  void Refresh();
  // Counts the calls of these two, for those who keep what they derived.
  uint32_t generation() const { return generation_; }

  // For another reader of the same memory.
  MemorySource* source() const { return source_; }

 private:
  // Every page size is a multiple of it, so a block is readable as a whole or not at all.
  static constexpr size_t kBlockBytes = 4096;
  // A block may be in two places: the line of its set that was used last comes first.
  static constexpr size_t kWays = 2;
  static constexpr size_t kBlocksAhead = 4;
  static constexpr size_t kBlocksAtOnce = 128;

  struct Line {
    Address tag;  // the address of the block
    uint8_t* block = nullptr;
  };

  size_t SetOf(Address address) const { return address.number() / kBlockBytes & (sets_ - 1); }
  static constexpr size_t CacheBytes(size_t sets) { return kWays * sets * (kBlockBytes + sizeof(Line)); }
  bool MapCache(size_t sets, int flags);
  void UnmapCache();
  const uint8_t* CachedBlock(Address block);
  // The line of the set that was used least recently, and first now.
  Line* LineFor(Address block);
  bool FetchAhead(Address block);
  bool FetchBlocks(Address start, size_t bytes);
  void RefreshLines(Line* const* lines, size_t count);

  MemorySource* const source_;
  Line* lines_ = nullptr;  // the first of each set, then the second of each
  size_t sets_ = 0;        // a power of two; 0: there is no cache
  bool reads_ahead_ = false;
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

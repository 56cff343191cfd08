// MappedBytes: a block of memory from mmap(2), for callers that may not use malloc or fail.
//
// Owns:        one anonymous mapping.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    movable; the destructor unmaps.
#ifndef GMR_NATIVE_BASE_CONTAINERS_MAPPED_BYTES_H_
#define GMR_NATIVE_BASE_CONTAINERS_MAPPED_BYTES_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace gmr::platform {

class MappedBytes {
 public:
  MappedBytes() = default;
  explicit MappedBytes(size_t size) {
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    start_ = static_cast<uint8_t*>(memory);
    size_ = size;
  }
  MappedBytes(MappedBytes&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedBytes& operator=(MappedBytes&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(size_, other.size_);
    return *this;
  }
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;
  ~MappedBytes() {
    if (start_ != nullptr) munmap(start_, size_);
  }

  // nullptr when there is no block, for instance because no memory was left.
  uint8_t* get() const { return start_; }

  // Unmaps the pages that lie entirely behind the first `size` bytes.
  void Shrink(size_t size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t kept = (size + page - 1) / page * page;
    if (start_ == nullptr || kept >= size_ || kept == 0) return;
    if (munmap(start_ + kept, size_ - kept) == 0) size_ = kept;
  }

 private:
  uint8_t* start_ = nullptr;
  size_t size_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_MAPPED_BYTES_H_

// Arena: memory for a capture, where malloc may be locked by the parked thread.
//
// Owns:        one anonymous mapping.
// Threads:     one at a time.
// Signal-safe: no; but Allocate() and Reset() take no lock and call nothing.
// Lifetime:    what Allocate() returned is valid until Reset() or destruction.
//              No destructors run: keep plain data in it.
#ifndef GMR_NATIVE_BASE_CONTAINERS_ARENA_H_
#define GMR_NATIVE_BASE_CONTAINERS_ARENA_H_

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>

namespace gmr::platform {

class Arena {
 public:
  explicit Arena(size_t bytes) {
    // Pages come into being when they are touched: a large arena costs nothing
    // until it is used.
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    start_ = static_cast<char*>(memory);
    size_ = bytes;
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    if (start_ != nullptr) munmap(start_, size_);
  }

  // Aligned for any plain object, zeroed before the first Reset() only.
  // nullptr when there is no room; a smaller request may still succeed.
  char* Allocate(size_t bytes) {
    if (bytes > size_ - used_) return nullptr;
    char* memory = start_ + used_;
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    used_ = rounded > size_ - used_ ? size_ : used_ + rounded;
    return memory;
  }

  // Gives back what is behind the first `bytes` of the last allocation.
  void Shrink(const char* last, size_t bytes) {
    const size_t used = static_cast<size_t>(last - start_) + bytes;
    used_ = std::min(used_, (used + kAlignment - 1) / kAlignment * kAlignment);
  }

  void Reset() { used_ = 0; }

 private:
  static constexpr size_t kAlignment = alignof(std::max_align_t);

  char* start_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_ARENA_H_

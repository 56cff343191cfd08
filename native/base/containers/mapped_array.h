// MappedArray: an array that grows without malloc, which a parked thread may hold.
//
// Owns:        one anonymous mapping.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process: mmap(2) and mremap(2) only.
// Lifetime:    growing moves the elements: keep indices, not pointers.
//              No constructors or destructors run: plain data only.
#ifndef GMR_NATIVE_BASE_CONTAINERS_MAPPED_ARRAY_H_
#define GMR_NATIVE_BASE_CONTAINERS_MAPPED_ARRAY_H_

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "../own_calls.h"

namespace gmr::platform {

template <typename T>
class MappedArray {
  static_assert(std::is_trivially_copyable_v<T>, "elements move as bytes");

 public:
  // Append() fails beyond `max_count`.
  explicit MappedArray(size_t max_count) : max_count_(max_count) {}
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  ~MappedArray() { Release(); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](size_t index) { return data_[index]; }
  const T& operator[](size_t index) const { return data_[index]; }

  // False: full, or no memory.
  bool Append(const T& value) {
    if (size_ == ready_ && !MakeReady(size_ + 1)) return false;
    data_[size_++] = value;
    return true;
  }

  // `count` elements, which are not of this array. False: full, or no memory.
  bool Append(const T* values, size_t count) {
    const size_t size = size_ + count;
    if (size > ready_ && !MakeReady(size)) return false;
    std::copy_n(values, count, data_ + size_);
    size_ = size;
    return true;
  }

  // All elements become `value`. False: no memory; then it is empty.
  bool Assign(size_t count, const T& value) {
    size_ = 0;
    if (count > ready_ && !MakeReady(count)) return false;
    std::fill_n(data_, count, value);
    size_ = count;
    return true;
  }

  // Gives the memory back.
  void Release() {
    if (data_ != nullptr) munmap(data_, bytes_);
    data_ = nullptr;
    size_ = ready_ = bytes_ = 0;
  }

  // The first `count` elements stay.
  void Truncate(size_t count) { size_ = std::min(size_, count); }

 private:
  static constexpr size_t kFirstBytes = size_t{64} << 10;
  // At most so much is made ready and then not used.
  static constexpr size_t kReadyBytes = size_t{128} << 10;

  size_t Capacity() const { return bytes_ / sizeof(T); }

  // Room for `count` elements, and for some more without asking again.
  bool MakeReady(size_t count) {
    if (count > max_count_ || (count > Capacity() && !Grow(count))) return false;
    const size_t ready_bytes = ready_ * sizeof(T);
    // Small lists are the most frequent ones.
    const size_t wanted = ready_ == 0 ? kFirstBytes : ready_bytes + kReadyBytes;
    const size_t bytes = std::min(bytes_, std::max(wanted, count * sizeof(T)));
    if (bytes > kFirstBytes) Populate(ready_bytes, bytes);
    ready_ = std::min(bytes / sizeof(T), max_count_);
    return true;
  }

  // Without it each page of 4 KB would be a trap into the kernel, which takes longer than to make the page.
  // Kernels before 5.14 do not know the call: nothing is lost then.
  void Populate([[maybe_unused]] size_t begin, [[maybe_unused]] size_t end) {
#if defined(__linux__)
    constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, which the headers of older systems lack
    constexpr size_t kPage = 4096;
    const size_t first = begin / kPage * kPage;
    madvise(reinterpret_cast<uint8_t*>(data_) + first, end - first, kPopulateWrite);
#endif
  }

  bool Grow(size_t count) {
    size_t bytes = std::max(bytes_, kFirstBytes);
    while (bytes / sizeof(T) < count) bytes *= 2;
    void* memory = data_ == nullptr
                       ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                       : Move(bytes);
    if (memory == MAP_FAILED) return false;
    data_ = static_cast<T*>(memory);
    bytes_ = bytes;
    return true;
  }

  // ThreadSanitizer does not see mremap(2): what another array once had at the new address would look like a
  // race.
#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
  void* Move(size_t bytes) {
    return MayCall(OwnCall::kMremap) ? mremap(data_, bytes_, bytes, MREMAP_MAYMOVE) : MoveByCopying(bytes);
  }
#else
  void* Move(size_t bytes) { return MoveByCopying(bytes); }
#endif

  void* MoveByCopying(size_t bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return memory;
    std::memcpy(memory, data_, bytes_);
    munmap(data_, bytes_);
    return memory;
  }

  size_t max_count_;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t ready_ = 0;  // so many elements have their memory
  size_t bytes_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_MAPPED_ARRAY_H_

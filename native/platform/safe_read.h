// MemoryReader: reads memory of this process that may not exist.
//
// Owns:        a page cache of 2 MiB (one mapping), and up to three descriptors
//              where the kernel denies process_vm_readv(2).
// Threads:     one at a time.
// Signal-safe: no; but Read() takes no lock and does not allocate, so it may be
//              used while another thread is parked inside malloc.
// Lifetime:    not across fork(): a child makes its own.
//
// A plain load of a wrong address kills the process that we look at. The kernel
// copies instead and answers EFAULT.
#ifndef GMR_NATIVE_PLATFORM_SAFE_READ_H_
#define GMR_NATIVE_PLATFORM_SAFE_READ_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace gmr::platform {

// In the order in which they are tried. Containers deny the first with seccomp;
// PR_SET_DUMPABLE 0 denies the second to other users than root.
enum class ReadBackend : uint8_t { kProcessVmReadv, kProcMem, kPipe, kNone };

class MemoryReader {
 public:
  MemoryReader() : MemoryReader(ReadBackend::kProcessVmReadv) {}
  // Starts with a later backend; for tests.
  explicit MemoryReader(ReadBackend first);
  MemoryReader(const MemoryReader&) = delete;
  MemoryReader& operator=(const MemoryReader&) = delete;
  ~MemoryReader();

  // All `bytes` or nothing: false when a part is not readable; `to` may then
  // be partly written.
  bool Read(uintptr_t address, void* to, size_t bytes);

  template <typename T>
  bool Load(uintptr_t address, T* value) {
    static_assert(std::is_trivially_copyable_v<T>, "bytes from memory make no object with a constructor");
    return Read(address, value, sizeof(T));
  }

  // From now on these bytes stand for the memory at `begin`, until Forget(). A read that is only partly
  // within them is a read of memory.
  void ReadInstead(uintptr_t begin, const uint8_t* bytes, size_t size);

  // Drops the cache and what stands for memory: the memory may have changed. Call it before each capture.
  void Forget();

  ReadBackend backend() const { return backend_; }

 private:
  struct Cache;

  const uint8_t* CachedBlock(uintptr_t block);
  bool Fetch(uintptr_t address, void* to, size_t bytes);
  bool OpenBackend(ReadBackend backend);
  void UseNextBackend();

  Cache* cache_ = nullptr;
  uintptr_t instead_begin_ = 0;
  const uint8_t* instead_ = nullptr;
  size_t instead_size_ = 0;
  ReadBackend backend_;
  int mem_fd_ = -1;
  int pipe_fds_[2] = {-1, -1};
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_SAFE_READ_H_

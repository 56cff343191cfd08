// SelfMemory: the memory of this process, parts of which may not exist.
//
// Owns:        up to three descriptors where the kernel denies process_vm_readv(2).
// Threads:     one at a time: what goes into the pipe comes out at once.
// Signal-safe: no; but reading takes no lock and does not allocate.
// Lifetime:    not across fork(): a child makes its own.
//
// A plain load of a wrong address kills the process that we look at. The kernel
// copies instead and answers EFAULT.
#ifndef GMR_NATIVE_PROCESS_SELF_MEMORY_H_
#define GMR_NATIVE_PROCESS_SELF_MEMORY_H_

#include "memory_source.h"

namespace gmr::platform {

// In the order in which they are tried. Containers deny the first with seccomp;
// PR_SET_DUMPABLE 0 denies the second to other users than root.
enum class ReadBackend : uint8_t { kProcessVmReadv, kProcMem, kPipe, kNone };

class SelfMemory final : public MemorySource {
 public:
  // Starts with a later backend, for tests.
  explicit SelfMemory(ReadBackend first = ReadBackend::kProcessVmReadv);
  ~SelfMemory() override;

  bool Fetch(Address address, void* to, size_t bytes) override;
  size_t FetchWords(const Address* addresses, size_t count, uint64_t* words) override;
  size_t FetchBlocks(const Address* addresses, void* const* to, size_t count, size_t bytes) override;
  // Tries all backends anew: descriptors may have become available.
  std::unique_ptr<MemorySource> Clone() const override;

  ReadBackend backend() const { return backend_; }

 private:
  // These and the two reading functions are in self_memory_read*.cc, units that cannot allocate.
  bool OpenBackend(ReadBackend backend);
  void UseNextBackend();

  const ReadBackend first_;
  ReadBackend backend_;
  int mem_fd_ = -1;
  int pipe_fds_[2] = {-1, -1};
};

// Where something of this process is: in the memory that a SelfMemory reads.
inline Address OwnAddress(const void* place) { return Address(reinterpret_cast<uintptr_t>(place)); }

// How many sources have run out of backends so far because no descriptor was left to open the next one. If
// the count changed during an examination, its result is not conclusive.
uint32_t BlindReaders();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_SELF_MEMORY_H_

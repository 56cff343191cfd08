#include "self_memory.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "../base/own_calls.h"

namespace gmr::platform {

namespace {

// What a pipe takes at once, and where the kernel looks whether memory is there.
constexpr size_t kPipeBytes = 4096;
// Of 1024 that process_vm_readv(2) takes (IOV_MAX); they are on the stack.
constexpr size_t kMaxPartsAtOnce = 256;

enum class FetchResult : uint8_t { kDone, kFault, kDenied };

// What a failed call says: something about the address, or that the call itself
// is not to be had. Seccomp filters answer with any number, so the first are listed.
FetchResult Failure(int error) {
  const bool about_address = error == EFAULT || error == EIO || error == EINVAL || error == ENOMEM;
  return about_address ? FetchResult::kFault : FetchResult::kDenied;
}

iovec ForKernel(Address address, size_t bytes) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
  return {reinterpret_cast<void*>(address.number()), bytes};
}

FetchResult FetchByProcessVmReadv(Address address, void* to, size_t bytes) {
  const iovec local{to, bytes};
  const iovec remote = ForKernel(address, bytes);
  // getpid() each time: a number kept over fork() would read the parent.
  const ssize_t length = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (length == static_cast<ssize_t>(bytes)) return FetchResult::kDone;
  return length < 0 ? Failure(errno) : FetchResult::kFault;
}

FetchResult FetchByProcMem(int fd, Address address, void* to, size_t bytes) {
  const ssize_t length = pread(fd, to, bytes, static_cast<off_t>(address.number()));
  if (length == static_cast<ssize_t>(bytes)) return FetchResult::kDone;
  return length < 0 ? Failure(errno) : FetchResult::kFault;
}

// How many words were read until one was not readable.
size_t FetchWordsByProcessVmReadv(const Address* addresses, size_t count, uint64_t* words) {
  iovec remote[kMaxPartsAtOnce];
  for (size_t i = 0; i < count; ++i) remote[i] = ForKernel(addresses[i], sizeof(uint64_t));
  const iovec local{words, count * sizeof(uint64_t)};
  const ssize_t length = process_vm_readv(getpid(), &local, 1, remote, count, 0);
  return length < 0 ? 0 : static_cast<size_t>(length) / sizeof(uint64_t);
}

// The same for blocks.
size_t FetchBlocksByProcessVmReadv(const Address* addresses, void* const* to, size_t count, size_t bytes) {
  iovec remote[kMaxPartsAtOnce];
  iovec local[kMaxPartsAtOnce];
  for (size_t i = 0; i < count; ++i) {
    remote[i] = ForKernel(addresses[i], bytes);
    local[i] = {to[i], bytes};
  }
  const ssize_t length = process_vm_readv(getpid(), local, count, remote, count, 0);
  return length < 0 ? 0 : static_cast<size_t>(length) / bytes;
}

// write(2) from the address to a pipe: the kernel meets the fault, not we.
FetchResult FetchByPipe(const int (&fds)[2], Address address, void* to, size_t bytes) {
  auto* out = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const size_t part = std::min(bytes, kPipeBytes - address % kPipeBytes);
    // Not write(): AddressSanitizer checks what that is given, and here it is anything.
    const auto written = static_cast<ssize_t>(syscall(SYS_write, fds[1], address.number(), part));
    if (written < 0) return Failure(errno);
    // What went in comes out at once, so the pipe is empty before every write.
    if (read(fds[0], out, static_cast<size_t>(written)) != written) return FetchResult::kDenied;
    if (written != static_cast<ssize_t>(part)) return FetchResult::kFault;
    address += part;
    out += part;
    bytes -= part;
  }
  return FetchResult::kDone;
}

}  // namespace

bool SelfMemory::Fetch(Address address, void* to, size_t bytes) {
  while (backend_ != ReadBackend::kNone) {
    auto result = FetchResult::kDenied;
    if (backend_ == ReadBackend::kProcessVmReadv) {
      result = FetchByProcessVmReadv(address, to, bytes);
    } else if (backend_ == ReadBackend::kProcMem) {
      result = FetchByProcMem(mem_fd_, address, to, bytes);
    } else {
      result = FetchByPipe(pipe_fds_, address, to, bytes);
    }
    if (result != FetchResult::kDenied) return result == FetchResult::kDone;
    UseNextBackend();  // at most three times: then kNone ends the loop
  }
  return false;
}

size_t SelfMemory::FetchWords(const Address* addresses, size_t count, uint64_t* words) {
  if (backend_ != ReadBackend::kProcessVmReadv) return 0;
  return FetchWordsByProcessVmReadv(addresses, std::min(count, kMaxPartsAtOnce), words);
}

size_t SelfMemory::FetchBlocks(const Address* addresses, void* const* to, size_t count, size_t bytes) {
  if (backend_ != ReadBackend::kProcessVmReadv) return 0;
  return FetchBlocksByProcessVmReadv(addresses, to, std::min(count, kMaxPartsAtOnce), bytes);
}

bool SelfMemory::OpenBackend(ReadBackend backend) {
  if (backend == ReadBackend::kProcMem) {
    mem_fd_ = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    return mem_fd_ >= 0;
  }
  if (backend == ReadBackend::kPipe) return pipe2(pipe_fds_, O_CLOEXEC | O_NONBLOCK) == 0;
  return MayCall(OwnCall::kProcessVmReadv);
}

}  // namespace gmr::platform

#include "safe_read.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "../base/own_calls.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/uio.h>
#endif

namespace gmr::platform {

namespace {

// What a pipe takes at once, and where the kernel looks whether memory is there.
constexpr size_t kPipeBytes = 4096;
// Larger reads are strings and tables that are read once: they would only push out the stack.
constexpr size_t kMaxCachedBytes = 8192;
constexpr uintptr_t kNoBlock = 1;  // not a multiple of kBlockBytes

// No string or table that a report reads is as large.
constexpr size_t kMaxReadBytes = size_t{64} << 20;

std::atomic<uint32_t> g_blind_readers{0};

#if defined(__linux__)

// Of 1024 that process_vm_readv(2) takes (IOV_MAX); they are on the stack.
constexpr size_t kMaxWordsAtOnce = 256;

enum class FetchResult : uint8_t { kDone, kFault, kDenied };

// What a failed call says: something about the address, or that the call itself
// is not to be had. Seccomp filters answer with any number, so the first are listed.
FetchResult Failure(int error) {
  const bool about_address = error == EFAULT || error == EIO || error == EINVAL || error == ENOMEM;
  return about_address ? FetchResult::kFault : FetchResult::kDenied;
}

FetchResult FetchByProcessVmReadv(uintptr_t address, void* to, size_t bytes) {
  const iovec local{to, bytes};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
  const iovec remote{reinterpret_cast<void*>(address), bytes};
  // getpid() each time: a number kept over fork() would read the parent.
  const ssize_t length = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (length == static_cast<ssize_t>(bytes)) return FetchResult::kDone;
  return length < 0 ? Failure(errno) : FetchResult::kFault;
}

FetchResult FetchByProcMem(int fd, uintptr_t address, void* to, size_t bytes) {
  const ssize_t length = pread(fd, to, bytes, static_cast<off_t>(address));
  if (length == static_cast<ssize_t>(bytes)) return FetchResult::kDone;
  return length < 0 ? Failure(errno) : FetchResult::kFault;
}

// How many words were read until one was not readable.
size_t FetchWordsByProcessVmReadv(const uintptr_t* addresses, size_t count, uint64_t* words) {
  iovec remote[kMaxWordsAtOnce];
  for (size_t i = 0; i < count; ++i) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): only the kernel follows it
    remote[i] = {reinterpret_cast<void*>(addresses[i]), sizeof(uint64_t)};
  }
  const iovec local{words, count * sizeof(uint64_t)};
  const ssize_t length = process_vm_readv(getpid(), &local, 1, remote, count, 0);
  return length < 0 ? 0 : static_cast<size_t>(length) / sizeof(uint64_t);
}

// write(2) from the address to a pipe: the kernel meets the fault, not we.
FetchResult FetchByPipe(const int (&fds)[2], uintptr_t address, void* to, size_t bytes) {
  auto* out = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const size_t part = std::min(bytes, kPipeBytes - address % kPipeBytes);
    // Not write(): AddressSanitizer checks what that is given, and here it is anything.
    const auto written = static_cast<ssize_t>(syscall(SYS_write, fds[1], address, part));
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

#endif

void CloseFd(int* fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

}  // namespace

MemoryReader::MemoryReader(ReadBackend first, bool with_cache) : backend_(first) {
  if (with_cache) {
    void* memory = mmap(nullptr, sizeof(Cache), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) cache_ = static_cast<Cache*>(memory);
  }
  Forget();
  if (!OpenBackend(backend_)) UseNextBackend();
  // One probe now, so that a capture does not spend its time on finding out.
  const uint64_t known = 0x5afe;
  uint64_t probe = 0;
  Fetch(reinterpret_cast<uintptr_t>(&known), &probe, sizeof probe);
}

MemoryReader::~MemoryReader() {
  if (cache_ != nullptr) munmap(cache_, sizeof(Cache));
  if (window_ != nullptr) munmap(window_, kWindowBytes);
  CloseFd(&mem_fd_);
  CloseFd(&pipe_fds_[0]);
  CloseFd(&pipe_fds_[1]);
}

void MemoryReader::Forget() {
  ++generation_;
  window_bytes_ = 0;
  instead_size_ = 0;
  if (cache_ != nullptr) std::fill_n(cache_->tags, kBlocks, kNoBlock);
}

void MemoryReader::ReadInstead(uintptr_t begin, const uint8_t* bytes, size_t size) {
  instead_begin_ = begin;
  instead_ = bytes;
  instead_size_ = size;
}

bool MemoryReader::Read(uintptr_t address, void* to, size_t bytes) {
  if (bytes == 0) return true;
  if (bytes > kMaxReadBytes || address + bytes < address) return false;
  // Below `instead_begin_` the difference is huge, and the first condition false.
  const uintptr_t offset_instead = address - instead_begin_;
  if (offset_instead < instead_size_ && bytes <= instead_size_ - offset_instead) {
    std::memcpy(to, instead_ + offset_instead, bytes);
    return true;
  }
  if (bytes > kMaxCachedBytes || cache_ == nullptr) return Fetch(address, to, bytes);
  auto* out = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const size_t offset = address % kBlockBytes;
    const uint8_t* block = CachedBlock(address - offset);
    if (block == nullptr) return false;
    const size_t part = std::min(bytes, kBlockBytes - offset);
    std::memcpy(out, block + offset, part);
    address += part;
    out += part;
    bytes -= part;
  }
  return true;
}

void MemoryReader::LoadEach(const uintptr_t* addresses, size_t count, uint64_t* words) {
  for (size_t i = 0; i < count;) {
    i += FetchWords(addresses + i, count - i, words + i);
    if (i == count) return;
    // One that is not readable, or the call is not to be had.
    if (!Fetch(addresses[i], words + i, sizeof(uint64_t))) words[i] = 0;
    ++i;
  }
}

const uint64_t* MemoryReader::OpenWindow(uintptr_t start, size_t bytes) {
  window_bytes_ = 0;
  if (bytes == 0 || bytes > kWindowBytes || start + bytes < start) return nullptr;
  if (window_ == nullptr) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(__linux__)
    flags |= MAP_POPULATE;  // all of it will be written at once
#endif
    void* memory = mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    window_ = static_cast<uint8_t*>(memory);
  }
  if (Fetch(start, window_, bytes)) {
    window_start_ = start;
    window_bytes_ = bytes;
  } else if (!FetchBlocks(start, bytes)) {
    return nullptr;
  }
  return reinterpret_cast<const uint64_t*>(window_);
}

// What is being unmapped may be gone in part.
bool MemoryReader::FetchBlocks(uintptr_t start, size_t bytes) {
  bool any = false;
  for (size_t at = 0; at < bytes; at += kBlockBytes) {
    const size_t part = std::min(kBlockBytes, bytes - at);
    const bool readable = Fetch(start + at, window_ + at, part);
    if (!readable) std::memset(window_ + at, 0, part);
    any = any || readable;
  }
  return any;
}

const uint8_t* MemoryReader::CachedBlock(uintptr_t block) {
  const size_t slot = block / kBlockBytes % kBlocks;
  if (cache_->tags[slot] == block) return cache_->blocks[slot];
  // A failed fetch may leave half a block behind.
  cache_->tags[slot] = kNoBlock;
  if (!Fetch(block, cache_->blocks[slot], kBlockBytes)) return nullptr;
  cache_->tags[slot] = block;
  return cache_->blocks[slot];
}

#if defined(__linux__)

bool MemoryReader::Fetch(uintptr_t address, void* to, size_t bytes) {
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

size_t MemoryReader::FetchWords(const uintptr_t* addresses, size_t count, uint64_t* words) {
  if (backend_ != ReadBackend::kProcessVmReadv) return 0;
  return FetchWordsByProcessVmReadv(addresses, std::min(count, kMaxWordsAtOnce), words);
}

bool MemoryReader::OpenBackend(ReadBackend backend) {
  if (backend == ReadBackend::kProcMem) {
    mem_fd_ = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    return mem_fd_ >= 0;
  }
  if (backend == ReadBackend::kPipe) return pipe2(pipe_fds_, O_CLOEXEC | O_NONBLOCK) == 0;
  return MayCall(OwnCall::kProcessVmReadv);
}

#else

bool MemoryReader::Fetch(uintptr_t, void*, size_t) { return false; }
size_t MemoryReader::FetchWords(const uintptr_t*, size_t, uint64_t*) { return 0; }
bool MemoryReader::OpenBackend(ReadBackend) { return true; }

#endif

void MemoryReader::UseNextBackend() {
  while (backend_ != ReadBackend::kNone) {
    backend_ = static_cast<ReadBackend>(static_cast<uint8_t>(backend_) + 1);
    if (backend_ != ReadBackend::kNone && OpenBackend(backend_)) return;
  }
  g_blind_readers.fetch_add(1);
}

uint32_t BlindReaders() { return g_blind_readers.load(); }

}  // namespace gmr::platform

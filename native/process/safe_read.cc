#include "safe_read.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace gmr::platform {

namespace {

// Larger reads are strings and tables that are read once: they would only push out the stack.
constexpr size_t kMaxCachedBytes = 8192;
constexpr Address kNoBlock(1);  // not a multiple of kBlockBytes

// No string or table that a report reads is as large.
constexpr size_t kMaxReadBytes = size_t{64} << 20;

// For copies of memory. A copy of the beginning of a page of a heap, at an address where such a page may be,
// would be taken for one, with everything in it a second time. Heaps are looked for in private memory only.
void* MapForCopies(size_t bytes, int flags) {
  return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);
}

}  // namespace

MemoryReader::MemoryReader(MemorySource* source, bool with_cache) : source_(source) {
  if (with_cache) {
    void* memory = MapForCopies(sizeof(Cache), 0);
    if (memory != MAP_FAILED) cache_ = static_cast<Cache*>(memory);
  }
  Forget();
}

MemoryReader::~MemoryReader() {
  if (cache_ != nullptr) munmap(cache_, sizeof(Cache));
  if (window_ != nullptr) munmap(window_, kWindowBytes);
}

void MemoryReader::Forget() {
  ++generation_;
  window_bytes_ = 0;
  instead_size_ = 0;
  if (cache_ != nullptr) std::fill_n(cache_->tags, kBlocks, kNoBlock);
}

void MemoryReader::ReadInstead(Address begin, const uint8_t* bytes, size_t size) {
  instead_begin_ = begin;
  instead_ = bytes;
  instead_size_ = size;
}

bool MemoryReader::Read(Address address, void* to, size_t bytes) {
  if (bytes == 0) return true;
  if (bytes > kMaxReadBytes || address + bytes < address) return false;
  // Below `instead_begin_` the difference is huge, and the first condition false.
  const uint64_t offset_instead = address - instead_begin_;
  if (offset_instead < instead_size_ && bytes <= instead_size_ - offset_instead) {
    std::memcpy(to, instead_ + offset_instead, bytes);
    return true;
  }
  if (bytes > kMaxCachedBytes || cache_ == nullptr) return source_->Fetch(address, to, bytes);
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

void MemoryReader::LoadEach(const Address* addresses, size_t count, uint64_t* words) {
  for (size_t i = 0; i < count;) {
    i += source_->FetchWords(addresses + i, count - i, words + i);
    if (i == count) return;
    // One that is not readable, or the call is not to be had.
    if (!source_->Fetch(addresses[i], words + i, sizeof(uint64_t))) words[i] = 0;
    ++i;
  }
}

const uint64_t* MemoryReader::OpenWindow(Address start, size_t bytes) {
  window_bytes_ = 0;
  if (bytes == 0 || bytes > kWindowBytes || start + bytes < start) return nullptr;
  if (window_ == nullptr) {
#if defined(__linux__)
    constexpr int kFlags = MAP_POPULATE;  // all of it will be written at once
#else
    constexpr int kFlags = 0;
#endif
    void* memory = MapForCopies(kWindowBytes, kFlags);
    if (memory == MAP_FAILED) return nullptr;
    window_ = static_cast<uint8_t*>(memory);
  }
  if (source_->Fetch(start, window_, bytes)) {
    window_start_ = start;
    window_bytes_ = bytes;
  } else if (!FetchBlocks(start, bytes)) {
    return nullptr;
  }
  return reinterpret_cast<const uint64_t*>(window_);
}

// What is being unmapped may be gone in part.
bool MemoryReader::FetchBlocks(Address start, size_t bytes) {
  bool any = false;
  for (size_t at = 0; at < bytes; at += kBlockBytes) {
    const size_t part = std::min(kBlockBytes, bytes - at);
    const bool readable = source_->Fetch(start + at, window_ + at, part);
    if (!readable) std::memset(window_ + at, 0, part);
    any = any || readable;
  }
  return any;
}

const uint8_t* MemoryReader::CachedBlock(Address block) {
  const size_t slot = SlotOf(block);
  if (cache_->tags[slot] == block) return cache_->blocks[slot];
  // A failed fetch may leave half a block behind.
  cache_->tags[slot] = kNoBlock;
  if (!source_->Fetch(block, cache_->blocks[slot], kBlockBytes)) return nullptr;
  cache_->tags[slot] = block;
  return cache_->blocks[slot];
}

}  // namespace gmr::platform

#include "safe_read.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace gmr::platform {

namespace {

// Larger reads are strings and tables that are read once: they would only push out the stack.
constexpr size_t kMaxCachedBytes = 8192;
constexpr Address kNoBlock(1);  // not a multiple of kBlockBytes
// All of it will be written.
#if defined(__linux__)
constexpr int kAtOnce = MAP_POPULATE;
#else
constexpr int kAtOnce = 0;
#endif
constexpr size_t kUsualSets = 256;
constexpr size_t kLargeSets = 1024;

// No string or table that a report reads is as large.
constexpr size_t kMaxReadBytes = size_t{64} << 20;

// For copies of memory. A copy of the beginning of a page of a heap, at an address where such a page may be,
// would be taken for one, with everything in it a second time. Heaps are looked for in private memory only.
void* MapForCopies(size_t bytes, int flags) {
  return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);
}

}  // namespace

MemoryReader::MemoryReader(MemorySource* source, ReadCache cache) : source_(source) {
  if (cache != ReadCache::kNone) MapCache(kUsualSets, 0);
  Forget();
}

// False: there is no memory for it, and what was there stays.
bool MemoryReader::MapCache(size_t sets, int flags) {
  void* memory = MapForCopies(CacheBytes(sets), flags);
  if (memory == MAP_FAILED) return false;
  UnmapCache();
  sets_ = sets;
  auto* blocks = static_cast<uint8_t*>(memory);
  lines_ = reinterpret_cast<Line*>(blocks + kWays * sets_ * kBlockBytes);
  for (size_t i = 0; i < kWays * sets_; ++i) lines_[i].block = blocks + i * kBlockBytes;
  return true;
}

void MemoryReader::UnmapCache() {
  if (sets_ != 0) munmap(reinterpret_cast<uint8_t*>(lines_) - kWays * sets_ * kBlockBytes, CacheBytes(sets_));
}

void MemoryReader::UseLargeCache() {
  reads_ahead_ = reads_ahead_ || (sets_ != 0 && MapCache(kLargeSets, kAtOnce));
  Forget();
}

MemoryReader::~MemoryReader() {
  UnmapCache();
  if (window_ != nullptr) munmap(window_, kWindowBytes);
}

void MemoryReader::Forget() {
  ++generation_;
  window_bytes_ = 0;
  instead_size_ = 0;
  for (size_t i = 0; i < kWays * sets_; ++i) lines_[i].tag = kNoBlock;
}

void MemoryReader::Refresh() {
  ++generation_;
  window_bytes_ = 0;
  instead_size_ = 0;
  Line* lines[kBlocksAtOnce];
  size_t count = 0;
  for (size_t i = 0; i < kWays * sets_; ++i) {
    if (lines_[i].tag != kNoBlock) lines[count++] = &lines_[i];
    if (count < kBlocksAtOnce && i + 1 < kWays * sets_) continue;
    RefreshLines(lines, count);
    count = 0;
  }
}

// Drops the blocks that it cannot read. Read() fetches them one by one if they are needed.
void MemoryReader::RefreshLines(Line* const* lines, size_t count) {
  Address addresses[kBlocksAtOnce];
  void* to[kBlocksAtOnce];
  for (size_t i = 0; i < count; ++i) {
    addresses[i] = lines[i]->tag;
    to[i] = lines[i]->block;
  }
  const size_t done = count == 0 ? 0 : source_->FetchBlocks(addresses, to, count, kBlockBytes);
  for (size_t i = done; i < count; ++i) lines[i]->tag = kNoBlock;
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
  if (bytes > kMaxCachedBytes || sets_ == 0) return source_->Fetch(address, to, bytes);
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
    void* memory = MapForCopies(kWindowBytes, kAtOnce);
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

MemoryReader::Line* MemoryReader::LineFor(Address block) {
  Line* first = &lines_[SetOf(block)];
  std::swap(first[0], first[sets_]);
  return first;
}

// The block and those beside it, as far as they are not there.
bool MemoryReader::FetchAhead(Address block) {
  Address addresses[kBlocksAhead];
  Line* lines[kBlocksAhead];
  void* to[kBlocksAhead];
  size_t count = 0;
  const Address group = block.AlignedDown(kBlocksAhead * kBlockBytes);
  for (size_t i = 0; i < kBlocksAhead; ++i) {
    // The one that is needed comes first: what is beside it may not be readable.
    const Address next =
        i == 0 ? block : group + ((block - group) / kBlockBytes + i) % kBlocksAhead * kBlockBytes;
    const Line* known = &lines_[SetOf(next)];
    if (known[0].tag == next || known[sets_].tag == next) continue;
    addresses[count] = next;
    lines[count] = LineFor(next);
    to[count] = lines[count]->block;
    lines[count++]->tag = kNoBlock;
  }
  const size_t done = source_->FetchBlocks(addresses, to, count, kBlockBytes);
  for (size_t i = 0; i < done; ++i) lines[i]->tag = addresses[i];
  return done > 0;
}

const uint8_t* MemoryReader::CachedBlock(Address block) {
  const Line* first = &lines_[SetOf(block)];
  if (first->tag == block) return first->block;
  if (first[sets_].tag == block) return LineFor(block)->block;
  if (reads_ahead_ && FetchAhead(block)) return first->block;
  Line* line = LineFor(block);
  // A failed fetch may leave half a block behind.
  line->tag = kNoBlock;
  if (!source_->Fetch(block, line->block, kBlockBytes)) return nullptr;
  line->tag = block;
  return line->block;
}

}  // namespace gmr::platform

#include "recorded_memory.h"

#include <algorithm>
#include <cstring>

#include "harness.h"

namespace gmr::test {

void RecordedMemory::Map(platform::Address address, size_t bytes) {
  CHECK(address % kPage == 0 && bytes % kPage == 0);
  for (size_t at = 0; at < bytes; at += kPage) (*pages_)[address + at] = std::vector<uint8_t>(kPage);
}

void RecordedMemory::Unmap(platform::Address address, size_t bytes) {
  for (size_t at = 0; at < bytes; at += kPage) pages_->erase(address + at);
}

void RecordedMemory::Write(platform::Address address, const void* from, size_t bytes) {
  const auto* next = static_cast<const uint8_t*>(from);
  while (bytes > 0) {
    const size_t offset = address % kPage;
    const size_t part = std::min(bytes, kPage - offset);
    const auto page = pages_->find(address - offset);
    CHECK(page != pages_->end());
    std::memcpy(page->second.data() + offset, next, part);
    address += part;
    next += part;
    bytes -= part;
  }
}

void RecordedMemory::WriteBytes(platform::Address address, std::initializer_list<int> bytes) {
  std::vector<uint8_t> copy;
  for (const int byte : bytes) copy.push_back(static_cast<uint8_t>(byte));
  Write(address, copy.data(), copy.size());
}

bool RecordedMemory::Fetch(platform::Address address, void* to, size_t bytes) {
  ++fetches_;
  auto* out = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const size_t offset = address % kPage;
    const size_t part = std::min(bytes, kPage - offset);
    const auto page = pages_->find(address - offset);
    if (page == pages_->end()) return false;
    std::memcpy(out, page->second.data() + offset, part);
    address += part;
    out += part;
    bytes -= part;
  }
  return true;
}

size_t RecordedMemory::FetchWords(const platform::Address* addresses, size_t count, uint64_t* words) {
  if (fetches_each) return 0;
  ++word_fetches_;
  return FetchUncounted(addresses, count, sizeof(uint64_t), [words](size_t i) { return words + i; });
}

size_t RecordedMemory::FetchBlocks(const platform::Address* addresses, void* const* to, size_t count,
                                   size_t bytes) {
  if (fetches_each) return 0;
  ++block_fetches_;
  return FetchUncounted(addresses, count, bytes, [to](size_t i) { return to[i]; });
}

size_t RecordedMemory::FetchUncounted(const platform::Address* addresses, size_t count, size_t bytes,
                                      const std::function<void*(size_t)>& place) {
  const int before = fetches_;
  size_t done = 0;
  while (done < count && Fetch(addresses[done], place(done), bytes)) ++done;
  fetches_ = before;
  return done;
}

std::vector<platform::Address> RecordedMemory::pages() const {
  std::vector<platform::Address> addresses;
  for (const auto& [address, content] : *pages_) addresses.push_back(address);
  return addresses;
}

std::unique_ptr<platform::MemorySource> RecordedMemory::Clone() const {
  ++clones;
  auto clone = std::make_unique<RecordedMemory>();
  clone->pages_ = pages_;
  return clone;
}

}  // namespace gmr::test

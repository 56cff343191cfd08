// RecordedMemory: memory that a test wrote, at the addresses that the test chose.
//
// Owns:        the bytes.
// Threads:     one at a time; another one reads the same memory by a Clone().
// Signal-safe: no.
// Lifetime:    longer than its readers. Not copied: what it says about its use is about this one.
#ifndef GMR_TEST_PLAIN_RECORDED_MEMORY_H_
#define GMR_TEST_PLAIN_RECORDED_MEMORY_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "../../native/process/memory_source.h"

namespace gmr::test {

// An address, as in 0x1000_at.
constexpr platform::Address operator""_at(unsigned long long number) { return platform::Address(number); }

class RecordedMemory final : public platform::MemorySource {
 public:
  static constexpr size_t kPage = 4096;

  // Zeros from `address` on; both numbers are multiples of a page.
  void Map(platform::Address address, size_t bytes);
  void Unmap(platform::Address address, size_t bytes);

  // Where it is mapped; else the test fails.
  void Write(platform::Address address, const void* from, size_t bytes);
  void WriteBytes(platform::Address address, std::initializer_list<int> bytes);
  void WriteText(platform::Address address, std::string_view text) {
    Write(address, text.data(), text.size());
  }
  template <typename T>
  void Put(platform::Address address, const T& value) {
    Write(address, &value, sizeof value);
  }

  bool Fetch(platform::Address address, void* to, size_t bytes) override;
  size_t FetchWords(const platform::Address* addresses, size_t count, uint64_t* words) override;
  size_t FetchBlocks(const platform::Address* addresses, void* const* to, size_t count,
                     size_t bytes) override;
  std::unique_ptr<platform::MemorySource> Clone() const override;

  std::vector<platform::Address> pages() const;

  // How often it was asked.
  int fetches() const { return fetches_; }
  int word_fetches() const { return word_fetches_; }
  int block_fetches() const { return block_fetches_; }
  mutable int clones = 0;
  // FetchWords() and FetchBlocks() read nothing.
  bool fetches_each = false;

 private:
  using Pages = std::map<platform::Address, std::vector<uint8_t>>;

  // Until one is not readable: how many were.
  size_t FetchUncounted(const platform::Address* addresses, size_t count, size_t bytes,
                        const std::function<void*(size_t)>& place);

  std::shared_ptr<Pages> pages_ = std::make_shared<Pages>();
  int fetches_ = 0;
  int word_fetches_ = 0;
  int block_fetches_ = 0;
};

}  // namespace gmr::test

#endif  // GMR_TEST_PLAIN_RECORDED_MEMORY_H_

// MemoryReader over memory that was written here.

#include "../../native/process/safe_read.h"

#include <array>

#include "harness.h"
#include "recorded_memory.h"

namespace gmr::test {

namespace {

using platform::MemoryReader;
using platform::ReadCache;

constexpr platform::Address kBase(0x7000'0000);
constexpr size_t kPage = RecordedMemory::kPage;

// Two pages, then a hole, then another page. The words count up.
struct Memory {
  RecordedMemory source;
  MemoryReader reader;

  explicit Memory(ReadCache cache = ReadCache::kUsual) : reader(&source, cache) {
    source.Map(kBase, 2 * kPage);
    source.Map(kBase + 3 * kPage, kPage);
    for (size_t i = 0; i < 2 * kPage; i += 8) source.Put(kBase + i, uint64_t{i});
    source.Put(kBase + 3 * kPage, uint64_t{77});
  }
};

TEST("MemoryReader loads a word") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 24, &word));
  CHECK_EQ(word, 24);
}

TEST("MemoryReader loads a value of any size") {
  Memory memory;
  memory.source.Put(kBase + 100, uint16_t{0xbeef});
  uint16_t half = 0;
  std::array<uint64_t, 3> words{};
  CHECK(memory.reader.Load(kBase + 100, &half));
  CHECK_EQ(half, 0xbeef);
  CHECK(memory.reader.Load(kBase + 8, &words));
  CHECK_EQ(words[0], 8);
  CHECK_EQ(words[2], 24);
}

TEST("MemoryReader loads what crosses a page border") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + kPage - 4, &word));
  CHECK_EQ(word, uint64_t{4096} << 32);
}

TEST("MemoryReader refuses what crosses into a hole") {
  Memory memory;
  uint64_t word = 0;
  CHECK(!memory.reader.Load(kBase + 2 * kPage - 4, &word));
  char bytes[17];
  CHECK(!memory.reader.Read(kBase + 2 * kPage - 16, bytes, sizeof bytes));
}

TEST("MemoryReader reads the last bytes before a hole") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 2 * kPage - 8, &word));
  CHECK_EQ(word, 2 * kPage - 8);
}

TEST("MemoryReader refuses an address that nothing is at") {
  Memory memory;
  uint64_t word = 0;
  CHECK(!memory.reader.Load(platform::Address(), &word));
  CHECK(!memory.reader.Load(kBase - 8, &word));
}

TEST("MemoryReader reads no bytes anywhere") {
  Memory memory;
  CHECK(memory.reader.Read(platform::Address(8), nullptr, 0));
  CHECK_EQ(memory.source.fetches(), 0);
}

TEST("MemoryReader refuses a range that wraps round") {
  Memory memory;
  char bytes[16];
  CHECK(!memory.reader.Read(platform::Address(UINTPTR_MAX - 3), bytes, sizeof bytes));
  CHECK_EQ(memory.source.fetches(), 0);
}

TEST("MemoryReader refuses more than 64 MiB without asking the source") {
  Memory memory;
  char byte = 0;
  CHECK(!memory.reader.Read(kBase, &byte, (size_t{64} << 20) + 1));
  CHECK_EQ(memory.source.fetches(), 0);
}

TEST("MemoryReader asks once for a block") {
  Memory memory;
  uint64_t word = 0;
  for (uint64_t offset = 0; offset < kPage; offset += 8) CHECK(memory.reader.Load(kBase + offset, &word));
  CHECK_EQ(memory.source.fetches(), 1);
}

TEST("MemoryReader asks again for a block that could not be read") {
  Memory memory;
  uint64_t word = 0;
  CHECK(!memory.reader.Load(kBase + 2 * kPage, &word));
  memory.source.Map(kBase + 2 * kPage, kPage);
  memory.source.Put(kBase + 2 * kPage, uint64_t{5});
  CHECK(memory.reader.Load(kBase + 2 * kPage, &word));
  CHECK_EQ(word, 5);
}

TEST("MemoryReader keeps what it read until Forget()") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase, &word));
  memory.source.Put(kBase, uint64_t{9});
  CHECK(memory.reader.Load(kBase, &word));
  CHECK_EQ(word, 0);
  memory.reader.Forget();
  CHECK(memory.reader.Load(kBase, &word));
  CHECK_EQ(word, 9);
}

TEST("MemoryReader counts the calls of Forget()") {
  Memory memory;
  const uint32_t before = memory.reader.generation();
  memory.reader.Forget();
  memory.reader.Forget();
  CHECK_EQ(memory.reader.generation(), before + 2);
}

TEST("MemoryReader reads large pieces past the cache") {
  RecordedMemory source;
  source.Map(kBase, 4 * kPage);
  source.Put(kBase + 3 * kPage, uint8_t{7});
  MemoryReader reader(&source);
  std::vector<uint8_t> bytes(3 * kPage + 1);
  CHECK(reader.Read(kBase, bytes.data(), bytes.size()));
  CHECK_EQ(bytes.back(), 7);
  CHECK_EQ(source.fetches(), 1);
  CHECK(reader.Read(kBase, bytes.data(), bytes.size()));
  CHECK_EQ(source.fetches(), 2);
}

// Blocks of one set.
constexpr uint64_t kApart = 256 * kPage;

TEST(
    "MemoryReader keeps two blocks that compete for one place, and drops the one that was used least "
    "recently") {
  RecordedMemory source;
  for (uint64_t i = 0; i < 3; ++i) {
    source.Map(kBase + i * kApart, kPage);
    source.Put(kBase + i * kApart, i);
  }
  MemoryReader reader(&source);
  const auto load = [&](uint64_t number) {
    uint64_t word = 99;
    CHECK(reader.Load(kBase + number * kApart, &word));
    CHECK_EQ(word, number);
  };
  for (int i = 0; i < 2; ++i) {
    load(0);
    load(1);
  }
  CHECK_EQ(source.fetches(), 2);
  load(2);  // in place of 0
  load(1);
  CHECK_EQ(source.fetches(), 3);
  load(0);
  CHECK_EQ(source.fetches(), 4);
}

TEST("MemoryReader reads anew at once what it has, and forgets what is gone") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase, &word));
  CHECK(memory.reader.Load(kBase + kPage, &word));
  CHECK(memory.reader.Load(kBase + 3 * kPage, &word));
  const uint32_t before = memory.reader.generation();
  memory.source.Put(kBase, uint64_t{9});
  memory.source.Unmap(kBase + 3 * kPage, kPage);
  memory.reader.Refresh();
  CHECK_EQ(memory.reader.generation(), before + 1);
  CHECK_EQ(memory.source.block_fetches(), 1);
  CHECK(memory.reader.Load(kBase, &word));
  CHECK_EQ(word, 9);
  CHECK(memory.reader.Load(kBase + kPage, &word));
  CHECK_EQ(word, kPage);
  CHECK_EQ(memory.source.fetches(), 3);
  CHECK(!memory.reader.Load(kBase + 3 * kPage, &word));
}

TEST("MemoryReader reads anew one by one where the source has no other way") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase, &word));
  memory.source.Put(kBase, uint64_t{9});
  memory.source.fetches_each = true;
  memory.reader.Refresh();
  CHECK(memory.reader.Load(kBase, &word));
  CHECK_EQ(word, 9);
}

TEST("MemoryReader with a large cache reads what is beside a block with it, as far as it is there") {
  Memory memory;
  memory.reader.UseLargeCache();
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + kPage + 8, &word));
  CHECK_EQ(word, kPage + 8);
  CHECK(!memory.reader.Load(kBase + 2 * kPage, &word));
  CHECK(memory.reader.Load(kBase + 3 * kPage, &word));
  CHECK_EQ(word, 77);
  CHECK(memory.reader.Load(kBase + 8, &word));
  CHECK_EQ(word, 8);
  CHECK(memory.reader.Load(kBase + 16, &word));
}

TEST("MemoryReader with a large cache asks once for blocks that lie side by side") {
  RecordedMemory source;
  source.Map(kBase, 4 * kPage);
  MemoryReader reader(&source);
  reader.UseLargeCache();
  uint64_t word = 0;
  for (uint64_t offset = 0; offset < 4 * kPage; offset += 8) CHECK(reader.Load(kBase + offset, &word));
  CHECK_EQ(source.block_fetches(), 1);
  CHECK_EQ(source.fetches(), 0);
}

TEST("MemoryReader without a cache asks each time") {
  Memory memory(ReadCache::kNone);
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 8, &word));
  memory.source.Put(kBase + 8, uint64_t{3});
  CHECK(memory.reader.Load(kBase + 8, &word));
  CHECK_EQ(word, 3);
  CHECK_EQ(memory.source.fetches(), 2);
}

TEST("MemoryReader serves loads from its window") {
  Memory memory;
  const uint64_t* words = memory.reader.OpenWindow(kBase, 2 * kPage);
  CHECK(words != nullptr);
  CHECK_EQ(words[kPage / 8 + 1], kPage + 8);
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + kPage + 8, &word));
  CHECK_EQ(word, kPage + 8);
  CHECK(memory.reader.Load(kBase + kPage - 4, &word));
  CHECK_EQ(memory.source.fetches(), 1);
}

TEST("MemoryReader has zeros for the unreadable parts of a window") {
  Memory memory;
  const uint64_t* words = memory.reader.OpenWindow(kBase, 4 * kPage);
  CHECK(words != nullptr);
  CHECK_EQ(words[1], 8);
  CHECK_EQ(words[2 * kPage / 8], 0);
  CHECK_EQ(words[3 * kPage / 8], 77);
  uint64_t word = 0;
  CHECK(!memory.reader.Load(kBase + 2 * kPage, &word));
}

TEST("MemoryReader opens no window where nothing is readable") {
  Memory memory;
  CHECK(memory.reader.OpenWindow(kBase + 2 * kPage, kPage) == nullptr);
  CHECK(memory.reader.OpenWindow(kBase, 0) == nullptr);
  CHECK(memory.reader.OpenWindow(kBase, MemoryReader::kWindowBytes + 1) == nullptr);
  CHECK(memory.reader.OpenWindow(platform::Address(UINTPTR_MAX - 7), 16) == nullptr);
}

TEST("MemoryReader closes its window with the next one and with Forget()") {
  Memory memory;
  uint64_t word = 0;
  CHECK(memory.reader.OpenWindow(kBase, kPage) != nullptr);
  memory.source.Put(kBase, uint64_t{4});
  CHECK(memory.reader.OpenWindow(kBase + 3 * kPage, kPage) != nullptr);
  CHECK(memory.reader.Load(kBase, &word));
  CHECK_EQ(word, 4);
  memory.source.Put(kBase + 3 * kPage, uint64_t{78});
  memory.reader.Forget();
  CHECK(memory.reader.Load(kBase + 3 * kPage, &word));
  CHECK_EQ(word, 78);
}

TEST("MemoryReader reads a copy instead of the memory that it stands for") {
  Memory memory;
  const std::array<uint64_t, 2> copy = {0xaa, 0xbb};
  memory.reader.ReadInstead(kBase + 16, reinterpret_cast<const uint8_t*>(copy.data()), sizeof copy);
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 16, &word));
  CHECK_EQ(word, 0xaa);
  CHECK(memory.reader.Load(kBase + 24, &word));
  CHECK_EQ(word, 0xbb);
  CHECK(memory.reader.Load(kBase + 8, &word));
  CHECK_EQ(word, 8);
  CHECK(memory.reader.Load(kBase + 32, &word));
  CHECK_EQ(word, 32);
}

TEST("MemoryReader takes what is only partly in a copy from memory") {
  Memory memory;
  const uint64_t copy = 0xffff'ffff'ffff'ffff;
  memory.reader.ReadInstead(kBase + 16, reinterpret_cast<const uint8_t*>(&copy), sizeof copy);
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 20, &word));
  CHECK_EQ(word, uint64_t{24} << 32);
}

TEST("MemoryReader forgets a copy with Forget()") {
  Memory memory;
  const uint64_t copy = 1;
  memory.reader.ReadInstead(kBase + 2 * kPage, reinterpret_cast<const uint8_t*>(&copy), sizeof copy);
  uint64_t word = 0;
  CHECK(memory.reader.Load(kBase + 2 * kPage, &word));
  memory.reader.Forget();
  CHECK(!memory.reader.Load(kBase + 2 * kPage, &word));
}

TEST("MemoryReader loads words from all over the memory, and 0 for what is not readable") {
  Memory memory;
  const platform::Address addresses[] = {kBase + 8, kBase + 2 * kPage, kBase + 3 * kPage, {}, kBase + 32};
  uint64_t words[5] = {1, 1, 1, 1, 1};
  memory.reader.LoadEach(addresses, 5, words);
  CHECK_EQ(std::vector<uint64_t>(words, words + 5), std::vector<uint64_t>({8, 0, 77, 0, 32}));
  CHECK_EQ(memory.source.word_fetches(), 3);
}

TEST("MemoryReader loads words from all over the memory of a source that fetches one at a time") {
  Memory memory;
  memory.source.fetches_each = true;
  const platform::Address addresses[] = {kBase + 8, kBase + 2 * kPage, kBase + 16};
  uint64_t words[3] = {1, 1, 1};
  memory.reader.LoadEach(addresses, 3, words);
  CHECK_EQ(std::vector<uint64_t>(words, words + 3), std::vector<uint64_t>({8, 0, 16}));
  CHECK_EQ(memory.source.fetches(), 3);
}

TEST("MemoryReader knows its source") {
  Memory memory;
  CHECK(memory.reader.source() == &memory.source);
}

}  // namespace

}  // namespace gmr::test

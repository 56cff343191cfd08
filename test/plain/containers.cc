// What lives in mappings of its own: arenas, arrays, tables and indices.

#include <vector>

#include "../../native/base/containers/address_index.h"
#include "../../native/base/containers/arena.h"
#include "../../native/base/containers/index_table.h"
#include "../../native/base/containers/mapped_array.h"
#include "../../native/base/containers/mapped_bytes.h"
#include "../../native/base/containers/number_table.h"
#include "harness.h"

namespace gmr::test {

namespace {

using platform::AddressIndex;
using platform::Arena;
using platform::IndexTable;
using platform::kNoIndex;
using platform::MappedArray;
using platform::MappedBytes;
using platform::NumberTable;

TEST("Arena aligns what it gives") {
  Arena arena(4096);
  const char* first = arena.Allocate(1);
  const char* second = arena.Allocate(1);
  CHECK(first != nullptr);
  CHECK_EQ(reinterpret_cast<uintptr_t>(first) % alignof(std::max_align_t), 0);
  CHECK_EQ(second - first, alignof(std::max_align_t));
}

TEST("Arena refuses what does not fit, and still gives less") {
  Arena arena(4096);
  CHECK(arena.Allocate(4000) != nullptr);
  CHECK(arena.Allocate(200) == nullptr);
  CHECK(arena.Allocate(96) != nullptr);
  CHECK(arena.Allocate(1) == nullptr);
}

TEST("Arena takes back the end of the last allocation") {
  Arena arena(4096);
  const char* text = arena.Allocate(4096);
  arena.Shrink(text, 100);
  const char* next = arena.Allocate(3984);
  CHECK(next != nullptr);
  CHECK_EQ(next - text, 112);
}

TEST("Arena never grows an allocation when it takes back its end") {
  Arena arena(4096);
  const char* text = arena.Allocate(16);
  arena.Shrink(text, 1000);
  CHECK_EQ(arena.Allocate(16) - text, 16);
}

TEST("Arena begins anew after Reset()") {
  Arena arena(4096);
  const char* first = arena.Allocate(4096);
  arena.Reset();
  CHECK(arena.Allocate(4096) == first);
}

TEST("Arena without memory gives none") {
  Arena arena(size_t{1} << 62);
  CHECK(arena.Allocate(1) == nullptr);
}

TEST("MappedArray refuses more than its limit") {
  MappedArray<int> array(3);
  for (int i = 0; i < 3; ++i) CHECK(array.Append(i));
  CHECK(!array.Append(3));
  CHECK_EQ(array.size(), 3);
  CHECK_EQ(array[2], 2);
}

TEST("MappedArray keeps its elements when it grows") {
  MappedArray<uint64_t> array(1'000'000);
  for (uint64_t i = 0; i < 100'000; ++i) CHECK(array.Append(i * 3));
  CHECK_EQ(array[0], 0);
  CHECK_EQ(array[9'999], 29'997);
  CHECK_EQ(array[99'999], 299'997);
}

TEST("MappedArray appends many elements or none") {
  MappedArray<int> array(5);
  const int values[] = {7, 8, 9};
  CHECK(array.Append(values, 3));
  CHECK(!array.Append(values, 3));
  CHECK(array.Append(values, 2));
  CHECK_EQ(std::vector<int>(array.begin(), array.end()), std::vector<int>({7, 8, 9, 7, 8}));
}

TEST("MappedArray assigns one value to all elements") {
  MappedArray<int> array(10);
  CHECK(array.Append(1));
  CHECK(array.Assign(4, 6));
  CHECK_EQ(std::vector<int>(array.begin(), array.end()), std::vector<int>({6, 6, 6, 6}));
  CHECK(!array.Assign(11, 1));
  CHECK(array.empty());
}

TEST("MappedArray truncates, but does not grow by that") {
  MappedArray<int> array(10);
  CHECK(array.Assign(5, 1));
  array.Truncate(2);
  CHECK_EQ(array.size(), 2);
  array.Truncate(4);
  CHECK_EQ(array.size(), 2);
}

TEST("MappedArray can be used again after Release()") {
  MappedArray<int> array(10);
  CHECK(array.Append(1));
  array.Release();
  CHECK(array.empty());
  CHECK(array.Append(2));
  CHECK_EQ(array[0], 2);
}

TEST("MappedBytes hands its memory on when it is moved") {
  MappedBytes bytes(100);
  uint8_t* memory = bytes.get();
  CHECK(memory != nullptr);
  const MappedBytes other(std::move(bytes));
  CHECK(other.get() == memory);
  CHECK(MappedBytes().get() == nullptr);
}

TEST("MappedBytes keeps the beginning when it shrinks") {
  MappedBytes bytes(64 * 4096);
  bytes.get()[0] = 5;
  bytes.Shrink(10);
  CHECK_EQ(bytes.get()[0], 5);
}

TEST("NumberTable finds what was inserted") {
  NumberTable table(100);
  uint32_t present = 0;
  CHECK(table.Find(5) == nullptr);
  CHECK(table.Insert(5, 50, &present));
  CHECK(table.Insert(6, 60, &present));
  CHECK_EQ(present, 60);
  CHECK_EQ(*table.Find(5), 50);
  CHECK(table.Find(7) == nullptr);
  CHECK_EQ(table.size(), 2);
}

TEST("NumberTable keeps the first value of a number") {
  NumberTable table(100);
  uint32_t present = 0;
  CHECK(table.Insert(5, 50, &present));
  CHECK(table.Insert(5, 51, &present));
  CHECK_EQ(present, 50);
  CHECK_EQ(table.size(), 1);
}

TEST("NumberTable refuses the number 0") {
  NumberTable table(100);
  uint32_t present = 0;
  CHECK(!table.Insert(0, 1, &present));
  CHECK(table.Find(0) == nullptr);
}

TEST("NumberTable finds all numbers after it has grown") {
  NumberTable table(10'000);
  uint32_t present = 0;
  for (uint32_t i = 1; i <= 10'000; ++i) CHECK(table.Insert(uint64_t{i} << 20, i, &present));
  for (uint32_t i = 1; i <= 10'000; ++i) CHECK_EQ(*table.Find(uint64_t{i} << 20), i);
  CHECK(table.Find(uint64_t{10'001} << 20) == nullptr);
}

TEST("NumberTable refuses to grow beyond its limit") {
  NumberTable table(512);
  uint32_t present = 0;
  for (uint32_t i = 1; i <= 512; ++i) CHECK(table.Insert(i, i, &present));
  CHECK(!table.Insert(513, 1, &present));
  CHECK_EQ(table.size(), 512);
}

TEST("NumberTable is empty after Clear()") {
  NumberTable table(100);
  uint32_t present = 0;
  CHECK(table.Insert(5, 50, &present));
  table.Clear();
  CHECK(table.Find(5) == nullptr);
  CHECK(table.Insert(5, 70, &present));
  CHECK_EQ(present, 70);
}

TEST("IndexTable finds an element by its number") {
  const std::vector<uint64_t> numbers = {40, 10, 90};
  const auto key_of = [&](uint32_t i) { return numbers[i]; };
  IndexTable table;
  CHECK_EQ(table.Find(10, key_of), kNoIndex);
  CHECK(table.Reserve(3));
  for (uint32_t i = 0; i < 3; ++i) CHECK(table.Add(i, key_of));
  CHECK_EQ(table.Find(10, key_of), 1);
  CHECK_EQ(table.Find(90, key_of), 2);
  CHECK_EQ(table.Find(11, key_of), kNoIndex);
}

TEST("IndexTable gives a number that comes again to the first element") {
  const std::vector<uint64_t> numbers = {7, 7};
  const auto key_of = [&](uint32_t i) { return numbers[i]; };
  IndexTable table;
  CHECK(table.Reserve(2));
  CHECK(table.Add(0, key_of));
  CHECK(table.Add(1, key_of));
  CHECK_EQ(table.Find(7, key_of), 0);
}

TEST("IndexTable refuses more than half of its slots, and Reserve() empties it") {
  const auto key_of = [](uint32_t i) { return uint64_t{i} + 1; };
  IndexTable table;
  CHECK(table.Reserve(1));
  for (uint32_t i = 0; i < 32; ++i) CHECK(table.Add(i, key_of));
  CHECK(!table.Add(32, key_of));
  CHECK(table.Reserve(1));
  CHECK_EQ(table.Find(1, key_of), kNoIndex);
}

TEST("AddressIndex finds addresses in several parts of memory") {
  const std::vector<uint64_t> addresses = {0x1000, 0x1008, 0x41000, 0x7f00'0000'0000, 0x7f00'0003'fff8};
  const auto address_of = [&](uint32_t i) { return addresses[i]; };
  AddressIndex index;
  CHECK(index.Build(5, address_of));
  for (uint32_t i = 0; i < 5; ++i) CHECK_EQ(index.Find(addresses[i], address_of), i);
}

TEST("AddressIndex does not find what is between, before or behind") {
  const std::vector<uint64_t> addresses = {0x1008, 0x3000};
  const auto address_of = [&](uint32_t i) { return addresses[i]; };
  AddressIndex index;
  CHECK(index.Build(2, address_of));
  CHECK_EQ(index.Find(0x1000, address_of), kNoIndex);
  CHECK_EQ(index.Find(0x2000, address_of), kNoIndex);
  CHECK_EQ(index.Find(0x3008, address_of), kNoIndex);
  CHECK_EQ(index.Find(0x9'0000'0000, address_of), kNoIndex);
}

TEST("AddressIndex refuses what is not sorted") {
  const std::vector<uint64_t> addresses = {0x2000, 0x1000};
  AddressIndex index;
  CHECK(!index.Build(2, [&](uint32_t i) { return addresses[i]; }));
}

TEST("AddressIndex of nothing finds nothing") {
  const auto address_of = [](uint32_t) { return uint64_t{0x1000}; };
  AddressIndex index;
  CHECK(index.Build(0, address_of));
  CHECK_EQ(index.Find(0x1000, address_of), kNoIndex);
}

TEST("AddressIndex finds the first of equal addresses") {
  const auto address_of = [](uint32_t) { return uint64_t{0x1000}; };
  AddressIndex index;
  CHECK(index.Build(3, address_of));
  CHECK_EQ(index.Find(0x1000, address_of), 0);
}

}  // namespace

}  // namespace gmr::test

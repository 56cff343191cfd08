// How open objects are put together that differ in one text.

#include "../../native/image/census/open_groups.h"

#include "harness.h"

namespace gmr::test {

namespace {

using vm::ClassOfMap;
using vm::ObjectReading;
using vm::OpenGroup;
using vm::OpenGroups;
using vm::OpenRows;
using vm::OpenThings;
using vm::OpenValueKind;

constexpr ClassOfMap kClass{"Request", "node:http", 0};

// A group of its own for each text of either path.
ObjectReading Reading(const std::string& state, const std::string& path, double number) {
  ObjectReading reading;
  reading.values = {{0, OpenValueKind::kString, state}, {1, OpenValueKind::kString, path}};
  reading.value_count = 2;
  reading.numbers = {{0, number}};
  reading.key = state + '\n' + path;
  return reading;
}

uint64_t Total(const OpenThings& things) {
  uint64_t total = 0;
  for (const OpenGroup& group : things.groups) total += group.count;
  return total;
}

std::string TextOf(const OpenGroup& group, size_t value) {
  return group.values[value].text.For(platform::Unmasked::Reader::kTest);
}

TEST("OpenGroups keeps the largest groups, and puts the others together without what differs") {
  const OpenRows rows = OpenRows::Parse("Request\tstate\tpath\t~age\n");
  OpenGroups groups(&rows, nullptr);
  for (int i = 0; i < 1000; ++i) {
    groups.Add(Reading(i % 2 == 0 ? "begun" : "ended", "/" + std::to_string(i), i), kClass);
  }
  groups.Add(Reading("begun", "/999999", 1), kClass);
  groups.Add(Reading("begun", "/7", 7000), kClass);
  for (int i = 0; i < 5; ++i) groups.Add(Reading("ended", "/large", i), kClass);
  OpenThings things;
  groups.TakeInto(&things);

  CHECK_EQ(things.groups_left_out, 0u);
  CHECK_EQ(things.objects_left_out, 0u);
  CHECK_EQ(Total(things), 1007u);
  CHECK_EQ(things.groups.size(), 102u);
  // The two that were put together are the largest now, and each still says its state.
  CHECK_EQ(TextOf(things.groups[0], 1), std::string(OpenGroups::kVarious));
  CHECK_EQ(TextOf(things.groups[1], 1), std::string(OpenGroups::kVarious));
  CHECK(TextOf(things.groups[0], 0) != TextOf(things.groups[1], 0));
  CHECK_EQ(TextOf(things.groups[2], 1), std::string("/large"));
  CHECK_EQ(things.groups[2].count, 5u);
  const auto& numbers = things.groups[0].numbers;
  CHECK_EQ(numbers.size(), 1u);
  CHECK_EQ(numbers[0].count, things.groups[0].count);
}

TEST("OpenGroups keeps what differs in a few texts only") {
  const OpenRows rows = OpenRows::Parse("Request\tstate\tpath\n");
  OpenGroups groups(&rows, nullptr);
  for (int i = 0; i < 400; ++i) {
    ObjectReading reading = Reading("state " + std::to_string(i % 10), "/" + std::to_string(i), 0);
    reading.numbers.clear();
    groups.Add(reading, kClass);
  }
  OpenThings things;
  groups.TakeInto(&things);
  CHECK_EQ(Total(things), 400u);
  for (const OpenGroup& group : things.groups) CHECK(TextOf(group, 0) != OpenGroups::kVarious);
}

TEST("OpenGroups counts every object of a hundred thousand that all differ, in bounded memory") {
  const OpenRows rows = OpenRows::Parse("Request\tstate\tpath\t~age\n");
  OpenGroups groups(&rows, nullptr);
  for (int i = 0; i < 100'000; ++i) groups.Add(Reading("begun", "/" + std::to_string(i), i), kClass);
  OpenThings things;
  groups.TakeInto(&things);
  CHECK_EQ(Total(things) + things.objects_left_out, 100'000u);
  CHECK_EQ(things.objects_left_out, 0u);
  CHECK(things.groups.size() <= 2 * OpenGroups::kMaxGroupsOfRow);
  CHECK_EQ(things.groups[0].numbers[0].max, 99'999.0);
}

TEST("OpenGroups leaves out, and counts, what differs in a number") {
  const OpenRows rows = OpenRows::Parse("Request\tstate\tpath\n");
  OpenGroups groups(&rows, nullptr);
  for (int i = 0; i < 1000; ++i) {
    ObjectReading reading = Reading("begun", std::to_string(i), 0);
    reading.values[1].kind = OpenValueKind::kNumber;
    reading.numbers.clear();
    groups.Add(reading, kClass);
  }
  OpenThings things;
  groups.TakeInto(&things);
  CHECK_EQ(things.groups.size(), 200u);
  CHECK_EQ(things.objects_left_out, 800u);
}

}  // namespace

}  // namespace gmr::test

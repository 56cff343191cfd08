// Pages of a heap, what a scan finds in them, and sets of words and pages.

#include "../../native/base/clock.h"
#include "../../native/base/containers/word_match.h"
#include "../../native/image/scan/gc_epoch.h"
#include "../../native/image/scan/holder_search.h"
#include "../../native/image/scan/page_filter.h"
#include "../../native/image/scan/split_scan.h"
#include "../../native/image/scan/word_set.h"
#include "async_heap.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::HeapScan;
using vm::kPageBytes;

TEST("MatchWords says which of sixteen words may be wanted") {
  uint64_t words[platform::kMatchedWords] = {};
  words[0] = 0x1111'2222;
  words[5] = 0x3333'4444;
  words[15] = 0x5555'6666;
  words[7] = 0x9'0000'0000 + 0x1111'2222;
  const platform::MatchedWords found = platform::MatchWords(words, {0x1111'2222, 0x3333'4444, 0x5555'6666});
  CHECK_EQ(found.common & ~(1u << 7), 1u | 1u << 5);
  CHECK_EQ(found.rare, 1u << 15);
}

TEST("MatchSomeWords compares whole words") {
  const uint64_t words[] = {7, uint64_t{1} << 32 | 7, 8, 9};
  const platform::MatchedWords found = platform::MatchSomeWords(words, 4, {7, 9, 8});
  CHECK_EQ(found.common, 1u | 1u << 3);
  CHECK_EQ(found.rare, 1u << 2);
}

TEST("WordSet has what was added, until Reset()") {
  vm::WordSet set;
  CHECK(set.Reset());
  set.Add(0x3a00'0000'1001);
  CHECK(set.MayHave(0x3a00'0000'1001));
  CHECK(!set.MayHave(0x3a00'0000'1009));
  const uint64_t words[vm::WordSet::kStride] = {1, 2, 3, 4, 5, 6, 7, 0x3a00'0000'1001};
  CHECK(set.MayHaveOneOf(words));
  CHECK(set.Reset());
  CHECK(!set.MayHaveOneOf(words));
}

TEST("WordSet takes words of the same lower bits for each other") {
  vm::WordSet set;
  CHECK(set.Reset());
  set.Add(0x1001);
  CHECK(set.MayHave(0x1001 + (uint64_t{1} << 19)));
  CHECK(!set.MayHave(0x1001 + (uint64_t{1} << 18)));
}

TEST("PageTargets knows which pages may point to an object") {
  vm::PageTargets targets;
  CHECK(targets.Reset(3));
  const std::vector<uint64_t> words = {0, 0x3a00'0004'0001, 0x3a00'0010'0000, 5};
  targets.Note(0, words.data(), words.size());
  targets.Note(1, words.data(), 1);
  vm::PageTargets::Set set;
  targets.Add(0x3a00'0004'0009, &set);
  CHECK(targets.MayPointInto(0, set));
  CHECK(!targets.MayPointInto(1, set));
  CHECK(targets.IsNoted(1) && !targets.IsNoted(2));
}

TEST("PageTargets takes a page that was not read for one that may point anywhere") {
  vm::PageTargets targets;
  CHECK(targets.Reset(1));
  vm::PageTargets::Set set;
  targets.Add(0x3a00'0004'0009, &set);
  CHECK(targets.MayPointInto(0, set));
  CHECK(targets.MayPointInto(7, set));
}

TEST("PageTargets counts no small integers as pointers") {
  vm::PageTargets targets;
  CHECK(targets.Reset(1));
  const std::vector<uint64_t> words(32, uint64_t{9} << 32);
  targets.Note(0, words.data(), words.size());
  vm::PageTargets::Set set;
  targets.Add(1, &set);
  CHECK(!targets.MayPointInto(0, set));
}

TEST("HeapPages lists the pages of one heap") {
  AsyncHeap heap;
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 16, uint64_t{0x2c00'0000'0000});
  heap.memory.Put(AsyncHeap::kStart + 2 * kPageBytes + 8, uint64_t{vm::kPageIsFromSpace});
  CHECK(heap.FindPages(heap.Maps(), false));
  CHECK_EQ(heap.pages->pages().size(), 2);
  CHECK_EQ(heap.pages->pages()[0].start, AsyncHeap::kStart);
  CHECK_EQ(heap.pages->pages()[1].start, AsyncHeap::kStart + 3 * kPageBytes);
  CHECK_EQ(heap.pages->total_bytes(), 2 * kPageBytes);
}

TEST("HeapPages lists the rest of a large object on request") {
  AsyncHeap heap;
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 16, uint64_t{7});
  CHECK(heap.FindPages(heap.Maps(), true));
  CHECK_EQ(heap.pages->pages().size(), 4);
  CHECK(heap.pages->pages()[1].is_inside_large);
  CHECK(!heap.pages->pages()[2].is_inside_large);
  CHECK_EQ(heap.pages->object_bytes(), 3 * kPageBytes);
}

TEST("HeapPages takes nothing behind the seam of two mappings for the rest of a large object") {
  AsyncHeap heap;
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 16, uint64_t{7});
  constexpr std::string_view kMaps =
      "3a0000000000-3a0000040000 rw-p 00000000 00:00 0\n3a0000040000-3a0000100000 rw-p 00000000 00:00 0\n";
  CHECK(heap.FindPages(platform::ProcMaps::Parse({kMaps.begin(), kMaps.end()}), true));
  CHECK_EQ(heap.pages->pages().size(), 3);
  CHECK_EQ(heap.pages->pages()[1].start, AsyncHeap::kStart + 2 * kPageBytes);
}

TEST("HeapPages looks only at anonymous memory that can be written") {
  AsyncHeap heap;
  for (const char* kind : {"r--p 00000000 00:00 0", "rwxp 00000000 00:00 0", "rw-p 00000000 08:01 77 /a"}) {
    const std::string text = "3a0000000000-3a0000100000 " + std::string(kind) + "\n";
    CHECK(heap.FindPages(platform::ProcMaps::Parse({text.begin(), text.end()}), false));
    CHECK_EQ(heap.pages->pages().size(), 0);
  }
}

TEST("HeapPages begins at the first whole page, and ends where the mapping does") {
  AsyncHeap heap;
  constexpr std::string_view kMaps =
      "3a0000001000-3a0000050000 rw-p 00000000 00:00 0\n3a0000050000-3a0000060000 rw-p 00000000 00:00 0\n";
  CHECK(heap.FindPages(platform::ProcMaps::Parse({kMaps.begin(), kMaps.end()}), false));
  CHECK_EQ(heap.pages->pages().size(), 1);
  CHECK_EQ(heap.pages->pages()[0].start, AsyncHeap::kStart + kPageBytes);
  CHECK_EQ(heap.pages->pages()[0].end, AsyncHeap::kStart + 0x60000);
}

TEST("HeapPageIndex notices a page that a collection has left, and one that another heap has") {
  AsyncHeap heap;
  vm::HeapPageIndex index(&heap.reader, &heap.heap_layout);
  CHECK(index.Add(heap.anchors.heap) && index.Collect(heap.Maps()));
  CHECK(index.StillHas(heap.anchors.heap, &heap.reader));
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 8, uint64_t{vm::kPageIsFromSpace});
  CHECK(!index.StillHas(heap.anchors.heap, &heap.reader));
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 8, uint64_t{0});
  CHECK(index.StillHas(heap.anchors.heap, &heap.reader));
  heap.memory.Put(AsyncHeap::kStart + kPageBytes + 16, uint64_t{0x2c00'0000'0000});
  CHECK(!index.StillHas(heap.anchors.heap, &heap.reader));
}

TEST("HeapScan finds suspended functions, pending promises and resolvers") {
  AsyncHeap heap;
  const Tagged promise = heap.Promise();
  const Tagged awaited = heap.Promise();
  const Tagged suspended = heap.Suspended("wait", promise);
  heap.Await(awaited, suspended);
  const Tagged resolver = heap.Resolver(awaited);
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 1);
  CHECK(heap.scan->suspended()[0].object == suspended);
  CHECK(heap.scan->suspended()[0].result == promise);
  CHECK_EQ(heap.scan->suspended()[0].position, AsyncHeap::kWaitsAt + 53);
  CHECK_EQ(heap.scan->promises().size(), 1);
  CHECK(heap.scan->promises()[0].object == awaited);
  CHECK(heap.scan->promises()[0].function == suspended);
  CHECK_EQ(heap.scan->resolvers().size(), 1);
  CHECK(heap.scan->resolvers()[0].object == resolver);
  CHECK_EQ(heap.scan->read_bytes(), 4 * kPageBytes);
}

TEST("HeapScan omits settled promises, and those that nobody waits for") {
  AsyncHeap heap;
  const Tagged settled = heap.Promise();
  heap.Await(settled, heap.Suspended("wait", heap.Promise()));
  heap.Set(settled, heap.heap_layout.promise_flags, Heap::Smi(1));
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->promises().size(), 0);
}

TEST("HeapScan omits functions that run or have ended") {
  AsyncHeap heap;
  for (const int32_t continuation : {-1, -2}) {
    const Tagged suspended = heap.Suspended("done", heap.Promise());
    heap.Set(suspended, heap.heap_layout.generator_continuation, Heap::Smi(continuation));
  }
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 0);
  CHECK_EQ(heap.scan->dropped(), 0);
}

TEST("HeapScan drops what looks like a function and is none") {
  AsyncHeap heap;
  const Tagged suspended = heap.Suspended("broken", heap.Promise());
  heap.Set(suspended, heap.heap_layout.generator_function, heap.Array({}));
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 0);
  CHECK_EQ(heap.scan->dropped(), 1);
}

TEST("HeapScan skips free blocks") {
  AsyncHeap heap;
  const Tagged block = heap.ObjectOf(heap.anchors.free_space_map, 2);
  heap.Suspended("dead", heap.Promise());
  const Tagged behind = heap.Array({});
  heap.Set(block, 8, Heap::Smi(static_cast<int32_t>(behind.bits() - block.bits())));
  heap.Suspended("alive", heap.Promise());
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 1);
  CHECK(heap.scan->suspended()[0].object.bits() > behind.bits());
}

TEST("HeapScan does not skip remains of a free block, which end within an object") {
  AsyncHeap heap;
  const Tagged block = heap.ObjectOf(heap.anchors.free_space_map, 2);
  const Tagged suspended = heap.Suspended("alive", heap.Promise());
  const uint64_t field = suspended.bits() + static_cast<uint64_t>(heap.heap_layout.generator_function);
  heap.Set(block, 8, Heap::Smi(static_cast<int32_t>(field - block.bits())));
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 1);
}

TEST("HeapScan stops where the next object will be made") {
  AsyncHeap heap;
  heap.anchors.allocation_top_slot = heap.Allocate(8);
  heap.Suspended("alive", heap.Promise());
  heap.memory.Put(heap.anchors.allocation_top_slot, heap.Allocate(8));
  heap.Suspended("dead", heap.Promise());
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 1);
}

TEST("HeapScan omits what is where the next old object will be made") {
  AsyncHeap heap;
  heap.anchors.old_area = heap.Allocate(24);
  heap.Suspended("alive", heap.Promise());
  heap.memory.Put(heap.anchors.old_area + 8, heap.Allocate(8));
  heap.Suspended("dead", heap.Promise());
  heap.memory.Put(heap.anchors.old_area + 16, heap.Allocate(8));
  heap.Suspended("behind it", heap.Promise());
  CHECK(heap.Scan() == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 2);
}

TEST("HeapScan counts pages that it cannot read, and ends in time") {
  AsyncHeap heap;
  CHECK(heap.FindPages(heap.Maps(), false));
  heap.memory.Unmap(AsyncHeap::kStart + kPageBytes, kPageBytes);
  CHECK(heap.scan->Run(*heap.pages, {.deadline_ns = INT64_MAX}) == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->unreadable_pages(), 1);
  CHECK(heap.scan->Run(*heap.pages, {.deadline_ns = 0}) == HeapScan::Outcome::kLate);
  CHECK_EQ(heap.scan->read_bytes(), 0);
}

TEST("HeapScan joins what another scan found from the back") {
  AsyncHeap heap;
  const Tagged first = heap.Suspended("first", heap.Promise());
  heap.NextPage();
  const Tagged second = heap.Suspended("second", heap.Promise());
  heap.NextPage();
  const Tagged third = heap.Suspended("third", heap.Promise());
  CHECK(heap.FindPages(heap.Maps(), false));
  vm::PageShare front(1);
  vm::PageShare back(3);
  HeapScan other(&heap.objects, &heap.heap_layout, &heap.anchors);
  CHECK(heap.scan->Run(*heap.pages, {.deadline_ns = INT64_MAX, .share = &front}) == HeapScan::Outcome::kDone);
  CHECK(other.Run(*heap.pages, {.deadline_ns = INT64_MAX, .share = &back, .from_back = true}) ==
        HeapScan::Outcome::kDone);
  CHECK(heap.scan->Append(other));
  CHECK_EQ(heap.scan->suspended().size(), 3);
  CHECK(heap.scan->suspended()[0].object == first);
  CHECK(heap.scan->suspended()[1].object == second);
  CHECK(heap.scan->suspended()[2].object == third);
}

TEST("RunSplit scans a small heap by one thread") {
  AsyncHeap heap;
  heap.Suspended("wait", heap.Promise());
  CHECK(heap.FindPages(heap.Maps(), false));
  CHECK(vm::RunSplit(*heap.pages, {.deadline_ns = INT64_MAX}, heap.scan.get()) == HeapScan::Outcome::kDone);
  CHECK_EQ(heap.scan->suspended().size(), 1);
  CHECK_EQ(heap.memory.clones, 0);
}

TEST("PageFilter finds the pages that have a word, by two threads with a source each") {
  constexpr uint32_t kCount = 100;
  constexpr uint64_t kWord = 0x1234'5678'9ab9;
  RecordedMemory memory;
  std::vector<vm::HeapPage> pages(kCount);
  std::vector<uint32_t> numbers(kCount);
  memory.Map(Heap::kStart, kCount * RecordedMemory::kPage);
  for (uint32_t i = 0; i < kCount; ++i) {
    pages[i].start = Heap::kStart + i * RecordedMemory::kPage;
    pages[i].end = pages[i].start + RecordedMemory::kPage;
    numbers[i] = i;
  }
  memory.Put(pages[3].end - 8, kWord);
  memory.Put(pages[99].start, kWord);
  vm::WordSet words;
  vm::PageTargets targets;
  CHECK(words.Reset() && targets.Reset(kCount));
  words.Add(kWord);
  platform::MemoryReader reader(&memory);
  vm::PageFilter filter(&reader);
  CHECK(filter.Run({pages.data(), numbers.data(), kCount, &words, &targets, INT64_MAX}));
  for (uint32_t i = 0; i < kCount; ++i) CHECK_EQ(filter.MayHave(i), i == 3 || i == 99);
  CHECK(!filter.Run({pages.data(), numbers.data(), kCount, &words, &targets, 0}));
}

TEST("HolderSearch finds the object that a word is in") {
  AsyncHeap heap;
  const Tagged array = heap.Array({Heap::Smi(1), Heap::Smi(2), heap.OneByte("x")});
  CHECK(heap.FindPages(heap.Maps(), true));
  const auto search = std::make_unique<vm::HolderSearch>(&heap.objects, &heap.heap_layout);
  const uint64_t* words = heap.reader.OpenWindow(AsyncHeap::kStart, kPageBytes);
  vm::WordHolder holder;
  const size_t index = (array.Slot(16 + 16) - AsyncHeap::kStart) / 8;
  CHECK(search->Find(*heap.pages, 0, words, index, &holder));
  CHECK(holder.object == array);
  CHECK_EQ(holder.offset, 32);
}

TEST("ReadGcEpoch reads state and counters anew") {
  Heap heap;
  const vm::HeapLayout layout = HeapLayoutOfNode20();
  const platform::Address at = heap.Allocate(1024);
  heap.memory.Put(at + 552, int32_t{0});
  heap.memory.Put(at + 576, int32_t{4});
  heap.memory.Put(at + 580, int32_t{40});
  vm::GcEpoch epoch;
  CHECK(vm::ReadGcEpoch(&heap.reader, layout, at, &epoch));
  CHECK(epoch.at_rest());
  CHECK_EQ(epoch.full_count, 4);
  CHECK_EQ(epoch.count, 40);
  heap.memory.Put(at + 552, int32_t{2});
  vm::GcEpoch later;
  CHECK(vm::ReadGcEpoch(&heap.reader, layout, at, &later));
  CHECK(!later.at_rest());
  CHECK(!(later == epoch));
}

TEST("ReadGcEpoch refuses a heap that is not known or not readable") {
  Heap heap;
  vm::GcEpoch epoch;
  CHECK(!vm::ReadGcEpoch(&heap.reader, vm::HeapLayout(), heap.Allocate(1024), &epoch));
  CHECK(!vm::ReadGcEpoch(&heap.reader, HeapLayoutOfNode20(), 0x1000_at, &epoch));
}

}  // namespace

}  // namespace gmr::test

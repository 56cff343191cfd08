// Which objects a walk over a page finds.

#include "../../native/image/census/object_walk.h"
#include "harness.h"
#include "heap.h"

namespace gmr::test {

namespace {

constexpr int32_t kNameless = 1057;  // JS_OBJECT_TYPE of V8 11.3, src/objects/instance-type.h

class WalkedHeap : public Heap {
 public:
  // An object as of a class, of four words.
  Tagged Instance() {
    const Tagged object = Object(kNameless, 4);
    Put(MapFor(kNameless), layout.map_instance_words, uint8_t{4});
    const Tagged empty = OneByte("");
    Set(object, 8, empty);
    Set(object, 16, empty);
    return object;
  }

  // Where a walk over the first page finds objects of that type, and how large.
  std::vector<std::pair<Tagged, uint64_t>> Walk(int32_t type) {
    const vm::HeapLayout heap_layout = HeapLayoutOfNode20();
    const vm::ObjectTypes types(platform::FileNumbers(), layout, heap_layout);
    vm::MapTable maps(&objects, &types);
    vm::ObjectWalk walk(&objects, &heap_layout, &maps);
    const vm::PageWords page{reader.OpenWindow(kStart, vm::kPageBytes), vm::kPageBytes / 8, kStart};
    std::vector<std::pair<Tagged, uint64_t>> found;
    walk.Page(page, [&](uint32_t map, size_t index, uint64_t words) {
      if (maps[map].type == type) found.emplace_back(Tagged::At(kStart + index * 8), words);
    });
    return found;
  }
};

TEST("ObjectWalk finds what is alive behind remains of an old object, whose size may be any number") {
  WalkedHeap heap;
  heap.MapFor(kNameless);
  heap.MapFor(Heap::kOneByte);
  const Tagged before = heap.Instance();
  // Its characters would go on past both that follow.
  const Tagged remnant = heap.Object(Heap::kOneByte, 6);
  heap.Put(remnant, heap.layout.string_length, uint32_t{1000});
  const Tagged behind = heap.Instance();
  const auto found = heap.Walk(kNameless);
  CHECK_EQ(found.size(), 2u);
  CHECK(found[0].first == before);
  CHECK(found[1].first == behind);
}

TEST("ObjectWalk does not trust a free block among remains that ends within an object") {
  WalkedHeap heap;
  const int32_t free_space = HeapLayoutOfNode20().type_free_space;
  for (const int32_t type : {kNameless, Heap::kOneByte, free_space}) heap.MapFor(type);
  const Tagged before = heap.Instance();
  // It ends nowhere.
  heap.Put(heap.Object(Heap::kOneByte, 6), heap.layout.string_length, uint32_t{1000});
  const Tagged remnant = heap.Object(free_space, 2);
  const Tagged behind = heap.Instance();
  // Up to the properties of the object behind it.
  heap.Set(remnant, 8, Heap::Smi(24));
  const auto found = heap.Walk(kNameless);
  CHECK_EQ(found.size(), 2u);
  CHECK(found[0].first == before);
  CHECK(found[1].first == behind);
}

}  // namespace

}  // namespace gmr::test
